import type { Fact, FactRequest } from './fact.ts';
import { authorizationCode } from './pingone.ts';
import { uuid } from './shape.ts';

// docs/pingone.md, section 6: what a user may do about themselves.

const reset = 'application/vnd.pingidentity.password.reset+json';
const check = 'application/vnd.pingidentity.password.check+json';

const exchange: FactRequest = {
  to: '{A}/token',
  form: {
    grant_type: 'authorization_code',
    client_id: '{native}',
    redirect_uri: '{callback}',
    code_verifier: '{verifier}',
    code: '{code}',
  },
};
const forbidden = {
  status: 403,
  body: {
    id: uuid,
    code: 'ACCESS_FAILED',
    message: 'The request could not be completed. You do not have access to this resource.',
  },
};
const sound = 'Analytical-Engine-1843';

/** By scope, what it allows, of oneself. */
const allowed: readonly (readonly [string, string, FactRequest, number])[] = [
  ['p1:read:user', 'reads the own user record', { to: '{P}/users/{ada}', as: 'ada' }, 200],
  [
    'p1:update:user',
    'changes own attributes',
    { to: '{P}/users/{ada}', method: 'PATCH', as: 'ada', json: { nickname: 'A' } },
    200,
  ],
  ['p1:read:userPassword', 'reads the own password state', { to: '{P}/users/{ada}/password', as: 'ada' }, 200],
  [
    'p1:reset:userPassword',
    'changes the own password',
    {
      to: '{P}/users/{ada}/password',
      method: 'PUT',
      as: 'ada',
      headers: { 'content-type': reset },
      json: { currentPassword: sound, newPassword: 'Quite-Another-77' },
    },
    200,
  ],
  [
    'p1:validate:userPassword',
    'checks the own password',
    { to: '{P}/users/{ada}/password', as: 'ada', headers: { 'content-type': check }, json: { password: sound } },
    200,
  ],
  ['p1:read:sessions', 'lists the own sessions', { to: '{P}/users/{ada}/sessions', as: 'ada' }, 200],
];

export const scopeFacts: readonly Fact[] = [
  ...allowed.map(
    ([scope, does, request, status]): Fact => ({
      section: '6',
      certainty: 'C',
      says: `\`${scope}\` ${does}`,
      request,
      expect: { status },
    }),
  ),
  {
    section: '6',
    certainty: 'C',
    says: 'Self-service scopes act on the token’s own `sub` only',
    request: { to: '{P}/users/{grace}', as: 'ada' },
    expect: forbidden,
  },
  {
    section: '6',
    certainty: 'C',
    says: 'A user of an outside provider is silently not granted `p1:update:user` and the password scopes',
    before: authorizationCode(
      {
        scope: 'openid p1:read:user p1:update:user p1:read:userPassword p1:reset:userPassword p1:validate:userPassword',
      },
      'donald',
    ),
    request: exchange,
    expect: { status: 200, body: { scope: 'openid p1:read:user' } },
  },
  {
    section: '6',
    certainty: 'C',
    says: 'What PingOne’s sample asks for is granted in one request',
    before: authorizationCode({
      scope: 'phone profile address email openid p1:read:userPassword p1:reset:userPassword',
    }),
    request: exchange,
    expect: {
      status: 200,
      body: { scope: 'phone profile address email openid p1:read:userPassword p1:reset:userPassword' },
    },
  },
  {
    section: '6',
    certainty: 'I',
    says: '`passwordPolicies/{id}` needs administrator rights',
    request: { to: '{P}/passwordPolicies/f0000000-0000-4000-8000-000000000001', as: 'ada' },
    expect: forbidden,
  },
];
