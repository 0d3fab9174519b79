import { beforeAll, describe, expect, it } from 'vitest';
import { inspectToken } from '../../src/oidc/token-inspection.ts';
import { signingKey } from '../support/signing-key.ts';
import { testMachine } from '../support/test-runtime.ts';

/** What is `undefined` is left out of the token. */
type Claims = Readonly<Record<string, unknown>>;

const now = 1_790_000_000;
const issuer = 'https://auth.example.com/e/as';
const clientId = 'client-1';
const honest = {
  accessToken: { iss: issuer, aud: 'https://api.example.com', client_id: clientId, iat: now, exp: now + 3600 },
  idToken: { iss: issuer, aud: clientId, sub: 'user-1', iat: now, exp: now + 3600 },
};

let key: Awaited<ReturnType<typeof signingKey>>;

beforeAll(async () => {
  key = await signingKey();
});

async function checksOf(kind: keyof typeof honest, claims: Claims, ...header: [alg?: string, kid?: string]) {
  const token = await key.sign({ ...honest[kind], ...claims }, ...header);
  const runtime = { ...testMachine().runtime(), now: () => now * 1000 };
  const { checks } = await inspectToken(token, key.keys, { kind, owner: 'user', issuer, clientId }, runtime);
  return checks.map(({ name, outcome, reason }) => ({ name, outcome, reason }));
}

describe('looking into a token', () => {
  it.each<[string, keyof typeof honest, Claims]>([
    ['as it should be', 'idToken', {}],
    ['made for this client and for others too', 'idToken', { aud: [clientId, 'an-api'], azp: clientId }],
    ['that names this client twice', 'idToken', { azp: clientId }],
    ['in its last second', 'idToken', { exp: now + 1 }],
    ['issued by a clock that is a minute ahead', 'idToken', { iat: now + 60, nbf: now + 60 }],
    ['as it should be', 'accessToken', {}],
    ['that names no client and no end', 'accessToken', { client_id: undefined, exp: undefined }],
  ])('warns of nothing in one %s (%s)', async (_, kind, claims) => {
    expect((await checksOf(kind, claims)).filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  });

  it.each<[string, keyof typeof honest, Claims, name: string, reason: RegExp, alg?: string]>([
    ['signed with PS256', 'idToken', {}, 'signature', /"alg"/, 'PS256'],
    ['signed with RS512', 'accessToken', {}, 'signature', /"alg"/, 'RS512'],
    ['of another issuer', 'idToken', { iss: `${issuer}/` }, 'issuer', /\/as\/, not https/],
    ['for another client', 'idToken', { aud: 'client-2' }, 'audience', /it is for client-2, not for client-1/],
    ['for nobody', 'idToken', { aud: undefined }, 'audience', /it is for nobody/],
    ['made for another client', 'idToken', { azp: 'client-2' }, 'audience', /made for another client/],
    [
      'for others too and made for one of them',
      'idToken',
      { aud: [clientId, 'x'], azp: 'x' },
      'audience',
      /made for another client/,
    ],
    ['for others too and made for nobody', 'idToken', { aud: [clientId, 'x'] }, 'audience', /made for another client/],
    ['issued to another client', 'accessToken', { client_id: 'x' }, 'client', /it was issued to x, not to client-1/],
    ['that has just ended', 'accessToken', { exp: now }, 'expiry', /it ended .* ago/],
    ['that ended a second ago', 'idToken', { exp: now - 1 }, 'expiry', /it ended 1 second ago/],
    ['whose end is a text', 'accessToken', { exp: 'soon' }, 'expiry', /^its end is no number$/],
    ['whose time of issue is a text', 'accessToken', { iat: 'soon' }, 'issue time', /^it is no number$/],
    ['issued 61 seconds from now', 'idToken', { iat: now + 61 }, 'issue time', /in the future/],
    ['valid from 61 seconds from now', 'accessToken', { nbf: now + 61 }, 'issue time', /in the future/],
  ])('warns of one %s (%s), and of nothing else in it', async (_, kind, claims, name, reason, alg) => {
    const failed = (await checksOf(kind, claims, alg)).filter(({ outcome }) => outcome === 'failed');
    expect(failed).toEqual([{ name, outcome: 'failed', reason: expect.stringMatching(reason) }]);
  });

  it.each<[string, keyof typeof honest, Claims, name: string, outcome: string, reason: string]>([
    ['the key', 'idToken', {}, 'signature', 'passed', "RS256, by the server's key published"],
    ['the issuer', 'idToken', {}, 'issuer', 'passed', issuer],
    ['the audience', 'idToken', {}, 'audience', 'passed', 'this client, client-1'],
    ['the client', 'accessToken', {}, 'client', 'passed', 'issued to this client, client-1'],
    ['how long it is good', 'idToken', { exp: now + 90 }, 'expiry', 'passed', 'good for another 1 minute 30 seconds'],
    ['that it is not of the future', 'idToken', {}, 'issue time', 'passed', 'not in the future'],
    [
      'whom else it is for',
      'accessToken',
      { aud: ['api', { x: 1 }] },
      'audience',
      'notChecked',
      'it is for api, {"x":1}, which is to check that',
    ],
    [
      'that it names no client',
      'accessToken',
      { client_id: undefined },
      'client',
      'notChecked',
      'the token names none',
    ],
    ['that it names no end', 'accessToken', { exp: undefined }, 'expiry', 'notChecked', 'the token names no end'],
    ['that it names no time', 'accessToken', { iat: undefined }, 'issue time', 'notChecked', 'the token names none'],
  ])('says of a token %s (%s)', async (_, kind, claims, name, outcome, reason) => {
    expect(await checksOf(kind, claims)).toContainEqual({ name, outcome, reason });
  });

  it('says that the key has no name where the token names none', async () => {
    const [signature] = await checksOf('idToken', {}, 'RS256', '');
    expect(signature?.reason).toBe("RS256, by the server's key without a name");
  });

  it('has a code for a token that is none', async () => {
    const expected = { kind: 'accessToken', owner: 'user', issuer, clientId } as const;
    await expect(inspectToken('opaque', key.keys, expected, testMachine().runtime())).rejects.toMatchObject({
      kind: 'failed',
      code: 'token_opaque',
    });
  });
});
