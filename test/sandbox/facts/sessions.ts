import { ordersResourceId } from '../../../src/sandbox/seed/applications.ts';
import { defaultSeed } from '../../../src/sandbox/seed.ts';
import { applicationNamed, seedWithNative } from '../../support/sandbox-client.ts';
import type { Fact, FactRequest } from './fact.ts';
import { asked, inTurn, later, signedOn, signIn } from './pingone.ts';
import { isoTime, uuid } from './shape.ts';

// docs/pingone.md, section 10: sign-off, revocation, introspection, sessions.

const signedOff = 'https://example.com/signed-off';
const bodySecret = 'c0000000-0000-4000-8000-000000000009';
const service = applicationNamed('c0000000-0000-4000-8000-000000000005');
const json = { accept: 'application/json' };
const signoff = (query: string, headers: Readonly<Record<string, string>> = { cookie: '{cookie}' }): FactRequest => ({
  to: `{A}/signoff${query}`,
  headers,
});
const refreshing: FactRequest = {
  to: '{A}/token',
  form: { grant_type: 'refresh_token', client_id: '{native}', refresh_token: '{refreshToken}' },
};
const posted = (path: 'revoke' | 'introspect', token: string): FactRequest => ({
  to: `{A}/${path}`,
  form: { token, client_id: '{native}' },
});
const own = (path = ''): FactRequest => ({
  to: `{P}/users/{ada}/sessions${path}`,
  headers: { authorization: 'Bearer {accessToken}' },
});
const logout = { 'content-type': 'application/vnd.pingidentity.sso.session.logout' };
const servicesToken = asked(
  {
    to: '{A}/token',
    form: {
      grant_type: 'client_credentials',
      client_id: service.clientId,
      client_secret: service.clientSecret,
      scope: 'orders:read',
    },
  },
  { accessToken: 'access_token' },
);
/** An ID token and the cookie of one and the same session are of one sign-on; these are two, of one user. */
const withHint = inTurn(signIn(), signedOn());

const seedWithSecret = {
  ...defaultSeed,
  customResources: defaultSeed.customResources.map((one) => ({ ...one, secret: 'the-secret-of-the-resource' })),
};

const signOff: readonly Fact[] = [
  {
    section: '10',
    certainty: 'C',
    says: 'Sign-off goes to a registered URI, with `state`, and expires the cookie',
    before: withHint,
    request: signoff(`?id_token_hint={idToken}&post_logout_redirect_uri=${signedOff}&state=s`),
    expect: {
      status: 302,
      headers: { 'set-cookie': [/^ST=;.*(Max-Age=0|Expires=Thu, 01 Jan 1970)/] },
      location: { to: signedOff, parameters: { state: 's' } },
    },
  },
  {
    section: '10',
    certainty: 'C',
    says: 'Sign-off without a hint goes to a URI of any enabled application',
    before: signedOn(),
    request: signoff(`?post_logout_redirect_uri=${signedOff}`),
    expect: { status: 302, location: { to: signedOff } },
  },
  {
    section: '10',
    certainty: 'C',
    says: 'Sign-off without a URI ends at a page',
    before: signedOn(),
    request: signoff('', { cookie: '{cookie}', accept: 'text/html' }),
    expect: { status: 200, headers: { 'content-type': /^text\/html/ } },
  },
  {
    section: '10',
    certainty: 'C',
    says: 'Sign-off refuses a URI that is not registered, without a redirect',
    before: withHint,
    request: signoff('?id_token_hint={idToken}&post_logout_redirect_uri=https://example.com/other'),
    expect: { status: 400, headers: { location: undefined } },
  },
  {
    section: '9',
    certainty: 'C',
    says: 'Post-logout URIs are compared case-sensitively',
    before: withHint,
    request: signoff('?id_token_hint={idToken}&post_logout_redirect_uri=https://example.com/Signed-off'),
    expect: { status: 400, headers: { location: undefined } },
  },
  {
    section: '10',
    certainty: 'C',
    says: 'Sign-off takes an ID token that has expired',
    before: inTurn(withHint, later(7200)),
    request: signoff(`?id_token_hint={idToken}&post_logout_redirect_uri=${signedOff}`),
    expect: { status: 302 },
  },
  {
    section: '10',
    certainty: 'C',
    says: 'Sign-off refuses a hint that is no ID token of this issuer',
    before: signedOn(),
    request: signoff('?id_token_hint=a.b.c'),
    expect: { status: 400, headers: { location: undefined } },
  },
  {
    section: '10',
    certainty: 'C',
    says: 'Sign-off refuses an ID token of another user than the one who is signed on',
    before: inTurn(signIn(), signedOn('barbara')),
    request: signoff('?id_token_hint={idToken}'),
    expect: { status: 400, headers: { location: undefined } },
  },
  {
    section: '10',
    certainty: 'C',
    says: 'Sign-off refuses a URI and state of 8192 characters together',
    before: signedOn(),
    request: signoff(`?post_logout_redirect_uri=${signedOff}&state=${'s'.repeat(8192)}`),
    expect: { status: 400, headers: { location: undefined } },
  },
  {
    section: '10',
    certainty: 'C',
    says: 'After sign-off the browser is signed on no more',
    before: inTurn(signedOn(), asked(signoff(''))),
    request: {
      to: '{A}/authorize?response_type=code&client_id={spa}&redirect_uri={callback}&scope=openid&prompt=none',
      headers: { cookie: '{cookie}' },
    },
    expect: { status: 302, location: { to: '{callback}', parameters: { error: 'login_required' } } },
  },
  {
    section: '10',
    certainty: 'C',
    says: '`idpSignoff` needs no cookie; with `Accept: application/json` and no redirect it is 204',
    before: signIn(),
    request: { to: '{A}/idpSignoff?id_token_hint={idToken}', headers: json },
    expect: { status: 204, text: '' },
  },
  {
    section: '10',
    certainty: 'C',
    says: '`idpSignoff` with a URI is 302',
    before: signIn(),
    request: {
      to: `{A}/idpSignoff?id_token_hint={idToken}&client_id={native}&post_logout_redirect_uri=${signedOff}`,
      headers: json,
    },
    expect: { status: 302, location: { to: signedOff } },
  },
  {
    section: '10',
    certainty: 'C',
    says: '`idpSignoff` is refused where the application does not allow it',
    seed: seedWithNative({ idpSignoff: false }),
    before: signIn(),
    request: { to: '{A}/idpSignoff?id_token_hint={idToken}', headers: json },
    expect: { status: 400 },
  },
];

const revocation: readonly Fact[] = [
  {
    section: '10',
    certainty: 'C',
    says: 'A refresh token is revoked',
    before: inTurn(signIn(), asked(posted('revoke', '{refreshToken}'))),
    request: refreshing,
    expect: { status: 400, body: { error: 'invalid_grant' } },
  },
  {
    section: '10',
    certainty: 'C',
    says: 'Revoking a refresh token does not end the session',
    before: inTurn(signIn(), asked(posted('revoke', '{refreshToken}'))),
    request: own('/{sid}'),
    expect: { status: 200, body: { id: '{sid}' } },
  },
  {
    section: '10',
    certainty: 'C',
    says: 'An access token for the PingOne API cannot be revoked',
    before: inTurn(signIn(), asked(posted('revoke', '{accessToken}'))),
    request: { to: '{P}/users/{ada}', headers: { authorization: 'Bearer {accessToken}' } },
    expect: { status: 200 },
  },
  {
    section: '10',
    certainty: 'C',
    says: 'A user’s access token for a custom resource is revoked',
    seed: seedWithNative({
      scopes: { ...applicationNamed('c0000000-0000-4000-8000-000000000001').scopes, custom: service.scopes.custom },
    }),
    before: inTurn(signIn({ scope: 'openid orders:read' }), asked(posted('revoke', '{accessToken}'))),
    request: posted('introspect', '{accessToken}'),
    expect: { status: 200, body: { active: false } },
  },
  {
    section: '10',
    certainty: 'C',
    says: 'An application’s own token cannot be revoked',
    before: inTurn(
      servicesToken,
      asked({
        to: '{A}/revoke',
        form: { token: '{accessToken}', client_id: service.clientId, client_secret: service.clientSecret },
      }),
    ),
    request: {
      to: '{A}/introspect',
      form: { token: '{accessToken}', client_id: service.clientId, client_secret: service.clientSecret },
    },
    expect: { status: 200, body: { active: true } },
  },
  {
    section: '10',
    certainty: 'I',
    says: 'Revocation is 200 and empty, for an unknown token too',
    request: posted('revoke', 'unknown'),
    expect: { status: 200, text: '' },
  },
  {
    section: '10',
    certainty: 'C',
    says: 'Revocation needs the client’s authentication',
    request: { to: '{A}/revoke', form: { token: 'x', client_id: bodySecret } },
    expect: { status: 401, body: { error: 'invalid_client' } },
  },
];

const introspection: readonly Fact[] = [
  ...(['accessToken', 'refreshToken', 'idToken'] as const).map(
    (token): Fact => ({
      section: '10',
      certainty: 'C',
      says: `Introspection of a live ${{ accessToken: 'access', refreshToken: 'refresh', idToken: 'ID' }[token]} token: active, client_id, exp, sub, iss`,
      before: signIn(),
      request: posted('introspect', `{${token}}`),
      expect: { status: 200, body: { active: true, client_id: '{native}', exp: Number, sub: '{ada}', iss: '{A}' } },
    }),
  ),
  {
    section: '10',
    certainty: 'C',
    says: 'A resource introspects by its ID and secret',
    seed: seedWithSecret,
    before: servicesToken,
    request: {
      to: '{A}/introspect',
      form: { token: '{accessToken}', client_id: ordersResourceId, client_secret: 'the-secret-of-the-resource' },
    },
    expect: { status: 200, body: { active: true, client_id: service.clientId, scope: 'orders:read' } },
  },
  {
    section: '10',
    certainty: 'I',
    says: 'Introspection of anything else: `{"active":false}`',
    request: posted('introspect', 'unknown'),
    expect: { status: 200, text: '{"active":false}' },
  },
];

const sessions: readonly Fact[] = [
  {
    section: '10',
    certainty: 'C',
    says: 'A session: id, environment, user, createdAt, activeAt, lastSignOn',
    before: signIn(),
    request: own('/{sid}'),
    expect: {
      status: 200,
      body: {
        id: '{sid}',
        environment: { id: '{environment}' },
        user: { id: '{ada}' },
        createdAt: isoTime,
        activeAt: isoTime,
        lastSignOn: { at: isoTime, remoteIp: String },
      },
    },
  },
  {
    section: '10',
    certainty: 'C',
    says: 'A session has the browser’s name, the operating system’s name, the device’s type, and locations',
    before: signIn(),
    request: own('/{sid}'),
    expect: {
      status: 200,
      body: {
        browser: { name: String },
        operatingSystem: { name: String },
        device: { type: String },
        locations: Array.isArray,
      },
    },
  },
  {
    section: '10',
    certainty: 'C',
    says: 'Sessions are listed newest first',
    before: inTurn(signIn(), later(60), async (pingone, values) => {
      const { sid = '' } = await signIn()(pingone, values);
      return { newer: sid };
    }),
    request: own(),
    expect: { status: 200, body: { _embedded: { sessions: [{ id: '{newer}' }, { id: '{sid}' }] } } },
  },
  {
    section: '10',
    certainty: 'C',
    says: 'At most ten sessions of a user are kept',
    before: inTurn(...Array.from({ length: 12 }, () => signIn())),
    request: own(),
    expect: {
      status: 200,
      body: { _embedded: { sessions: (all: unknown) => Array.isArray(all) && all.length === 10 } },
    },
  },
  {
    section: '10',
    certainty: 'C',
    says: 'Another session of one’s own is deleted: 204',
    before: inTurn(signIn(), async (pingone, values) => {
      const { sid = '' } = await signIn()(pingone, values);
      return { other: sid };
    }),
    request: { ...own('/{other}'), method: 'DELETE' },
    expect: { status: 204, text: '' },
  },
  {
    section: '10',
    certainty: 'C',
    says: 'The current session cannot be deleted',
    before: signIn(),
    request: { ...own('/{sid}'), method: 'DELETE' },
    expect: { status: 400, body: { id: uuid, code: String } },
  },
  {
    section: '10',
    certainty: 'C',
    says: 'POST `sessions/me` with the cookie and the logout media type: 204',
    before: signedOn(),
    request: { to: '{P}/sessions/me', method: 'POST', headers: { ...logout, cookie: '{cookie}' } },
    expect: { status: 204, text: '' },
  },
  {
    section: '10',
    certainty: 'C',
    says: 'POST `sessions/{id}` with the logout media type ends a session without its cookie: 204',
    before: signIn(),
    request: { to: '{P}/sessions/{sid}', method: 'POST', as: 'worker', headers: logout },
    expect: { status: 204, text: '' },
  },
];

export const sessionFacts: readonly Fact[] = [...signOff, ...revocation, ...introspection, ...sessions];
