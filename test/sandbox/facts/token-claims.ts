import { applicationNamed } from '../../support/sandbox-client.ts';
import type { Fact, FactRequest } from './fact.ts';
import { authorizationCode, basicOf, later, signIn } from './pingone.ts';
import { called, uuid } from './shape.ts';

// docs/pingone.md, section 5: what tokens and userinfo say.

const worker = 'c0000000-0000-4000-8000-000000000003';
const service = applicationNamed('c0000000-0000-4000-8000-000000000005');

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
const workersToken: FactRequest = {
  to: '{A}/token',
  form: { grant_type: 'client_credentials' },
  headers: basicOf(worker),
};
const userinfo = (method = 'GET'): FactRequest => ({
  to: '{A}/userinfo',
  method,
  headers: { authorization: 'Bearer {accessToken}' },
});

const onlyKidAndAlg = (header: unknown) =>
  Object.keys(header as object)
    .sort()
    .join() === 'alg,kid';
/** As it stands in a claim: the API's base without `/v1`, in a list. */
const apiAudience = ['{origin}'];
const anHour = (claims: unknown) => {
  const { exp, iat } = claims as { readonly exp: number; readonly iat: number };
  return exp - iat === 3600;
};
const wholeSeconds = (value: unknown) => Number.isInteger(value) && Number(value) < 10_000_000_000;

const beginsAsRecorded = (claims: unknown) =>
  Object.keys(claims as object)
    .slice(0, 10)
    .join() === 'iss,sub,aud,iat,exp,acr,amr,auth_time,at_hash,sid';

export const tokenClaimFacts: readonly Fact[] = [
  {
    section: '5',
    certainty: 'C',
    says: 'Tokens are RS256 JWTs; their header is `kid` and `alg`',
    before: authorizationCode(),
    request: exchange,
    expect: {
      status: 200,
      tokenHeaders: {
        access_token: onlyKidAndAlg,
        id_token: { alg: 'RS256', kid: String, typ: undefined, x5t: undefined },
      },
    },
  },
  {
    section: '5',
    certainty: 'C',
    says: 'Access tokens say `typ: at+jwt` from 2 March 2027 on',
    before: later(400 * 86_400),
    request: workersToken,
    expect: { status: 200, tokenHeaders: { access_token: { typ: 'at+jwt', alg: 'RS256' } } },
  },
  {
    section: '5',
    certainty: 'C',
    says: 'A user’s access token: client_id, iss, aud (a list), iat, exp, scope, sub, sid, jti, auth_time, acr, env, org',
    before: authorizationCode({ scope: 'openid profile' }),
    request: exchange,
    expect: {
      status: 200,
      claims: {
        access_token: {
          client_id: '{native}',
          iss: '{A}',
          aud: apiAudience,
          iat: wholeSeconds,
          exp: wholeSeconds,
          scope: 'openid profile',
          sub: '{ada}',
          sid: uuid,
          jti: String,
          auth_time: wholeSeconds,
          acr: 'Single_Factor',
          env: '{environment}',
          org: '{organization}',
          nonce: undefined,
          'p1.rid': undefined,
        },
      },
    },
  },
  {
    section: '5',
    certainty: 'C',
    says: 'An access token lasts an hour: exp is iat + 3600',
    before: authorizationCode(),
    request: exchange,
    expect: { status: 200, claims: { access_token: anHour, id_token: anHour } },
  },
  {
    section: '5',
    certainty: 'C',
    says: 'A worker’s access token: client_id, iss, aud (a list), jti, iat, exp, env, org; no sub, sid, scope, auth_time, acr',
    request: workersToken,
    expect: {
      status: 200,
      claims: {
        access_token: {
          client_id: worker,
          iss: '{A}',
          aud: apiAudience,
          jti: String,
          env: '{environment}',
          org: '{organization}',
          sub: undefined,
          sid: undefined,
          scope: undefined,
          auth_time: undefined,
          acr: undefined,
        },
      },
    },
  },
  {
    section: '5',
    certainty: 'C3',
    says: 'A worker’s access token has `p1.rid`, which equals `jti`',
    request: workersToken,
    expect: {
      status: 200,
      claims: {
        access_token: (claims: unknown) => {
          const { jti, 'p1.rid': rid } = claims as Readonly<Record<string, unknown>>;
          return typeof jti === 'string' && jti === rid;
        },
      },
    },
  },
  {
    section: '5',
    certainty: 'C',
    says: 'An application’s token for a custom resource has its audience and its scopes',
    request: {
      to: '{A}/token',
      form: {
        grant_type: 'client_credentials',
        client_id: service.clientId,
        client_secret: service.clientSecret,
        scope: 'orders:read orders:write',
      },
    },
    expect: {
      status: 200,
      claims: {
        access_token: { aud: ['https://orders.example.com'], scope: 'orders:read orders:write', sub: undefined },
      },
    },
  },
  {
    section: '5',
    certainty: 'C',
    says: 'An ID token: iss, aud (a text), sub, sid, auth_time, acr, amr, nonce, at_hash, iat, exp, env, org, p1.region',
    before: authorizationCode({ scope: 'openid' }),
    request: exchange,
    expect: {
      status: 200,
      claims: {
        id_token: {
          iss: '{A}',
          aud: '{native}',
          sub: '{ada}',
          sid: uuid,
          auth_time: wholeSeconds,
          acr: 'Single_Factor',
          amr: ['pwd'],
          nonce: 'the-nonce',
          at_hash: String,
          iat: wholeSeconds,
          exp: wholeSeconds,
          env: '{environment}',
          org: '{organization}',
          'p1.region': 'NA',
          client_id: undefined,
          scope: undefined,
        },
      },
    },
  },
  {
    section: '5',
    certainty: 'C',
    says: 'An ID token begins with iss, sub, aud, iat, exp, acr, amr, auth_time, at_hash, sid, in the recorded order',
    before: authorizationCode({ scope: 'openid' }),
    request: exchange,
    expect: { status: 200, claims: { id_token: called('of claims in the recorded order', beginsAsRecorded) } },
  },
  {
    section: '5',
    certainty: 'C',
    says: 'An ID token has profile and email claims by scope; `updated_at` in seconds',
    before: authorizationCode({ scope: 'openid profile email' }),
    request: exchange,
    expect: {
      status: 200,
      claims: {
        id_token: {
          preferred_username: 'ada',
          given_name: 'Ada',
          family_name: 'Lovelace',
          email: 'ada@example.com',
          updated_at: wholeSeconds,
        },
      },
    },
  },
  ...['GET', 'POST'].map(
    (method): Fact => ({
      section: '5',
      certainty: 'C',
      says: `Userinfo by ${method}: sub, claims by scope, env, org, p1.region`,
      before: signIn({ scope: 'openid profile email' }),
      request: userinfo(method),
      expect: {
        status: 200,
        body: {
          sub: '{ada}',
          preferred_username: 'ada',
          given_name: 'Ada',
          family_name: 'Lovelace',
          middle_name: 'King',
          name: 'Ada King Lovelace',
          email: 'ada@example.com',
          updated_at: wholeSeconds,
          env: '{environment}',
          org: '{organization}',
          'p1.region': 'NA',
          address: undefined,
          phone_number: undefined,
        },
      },
    }),
  ),
  {
    section: '5',
    certainty: 'C',
    says: 'Scope `address`: country, postal_code, region, locality, street_address, those that are set',
    before: signIn({ scope: 'openid address' }),
    request: userinfo(),
    expect: {
      status: 200,
      body: {
        address: {
          country: 'GB',
          postal_code: 'SW1Y 4JH',
          locality: 'London',
          street_address: String,
          region: undefined,
        },
        email: undefined,
        given_name: undefined,
      },
    },
  },
  {
    section: '5',
    certainty: 'C',
    says: 'Scope `phone`: phone_number',
    before: signIn({ scope: 'openid phone' }),
    request: userinfo(),
    expect: { status: 200, body: { phone_number: /^\+44/ } },
  },
  {
    section: '5',
    certainty: 'C',
    says: 'Userinfo needs `openid`, whatever `p1:*` scopes there are',
    before: signIn({ scope: 'p1:read:user' }),
    request: userinfo(),
    expect: { status: 403, body: { id: uuid, code: 'ACCESS_FAILED' } },
  },
  {
    section: '5',
    certainty: 'C',
    says: '`acr` is the name of the sign-on policy that was asked for',
    before: authorizationCode({ acr_values: 'Single_Factor' }),
    request: exchange,
    expect: { status: 200, claims: { id_token: { acr: 'Single_Factor' } } },
  },
];
