import { createHash } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { Failure } from '../../src/errors.ts';
import type { AuthorizationServerClient } from '../../src/oidc/client.ts';
import { isHashOf, verifyIdToken } from '../../src/oidc/id-token.ts';
import { fc } from '../support/properties.ts';
import { signingKey } from '../support/signing-key.ts';
import { testMachine } from '../support/test-runtime.ts';

describe('an ID token', () => {
  const now = 1_790_000_000;
  const honest = { iss: 'https://auth.example.com/e/as', aud: 'client-1', sub: 'user-1', iat: now, exp: now + 3600 };
  let key: Awaited<ReturnType<typeof signingKey>>;

  beforeAll(async () => {
    key = await signingKey();
  });

  async function verified(claims: JWTPayload, maxAge?: number, alg?: string, keys: unknown = key.keys) {
    const settings = { issuer: honest.iss, clientId: honest.aud, authMethod: 'none' };
    // Of the client, nothing but this is looked at.
    const clock = { aheadMs: () => undefined };
    const server = { settings, keys, clock, observe: () => {} } as unknown as AuthorizationServerClient;
    // Nearly a second more: the claims know whole ones only.
    const runtime = { ...testMachine().runtime(), now: () => now * 1000 + 999 };
    return verifyIdToken(server, await key.sign({ ...honest, ...claims }, alg), { maxAge }, runtime);
  }

  it.each(['PS256', 'RS512'])('that the published key has signed with %s is refused', async (alg) => {
    await expect(verified({}, undefined, alg)).rejects.toThrow('it is not signed with RS256 (alg)');
  });

  it.each([
    ['the connection failed', new Failure('unreachable', 'No answer.', { code: 'ECONNREFUSED' })],
    ['the person pressed Ctrl-C', 'SIGINT'],
  ])('is not called invalid where %s on the way to the keys', async (_why, reason) => {
    await expect(verified({}, undefined, undefined, () => Promise.reject(reason))).rejects.toBe(reason);
  });

  // Clocks may differ by a minute.
  it.each<[string, JWTPayload, number?]>([
    ['the person signed on exactly max_age ago', { auth_time: now - 300 }, 300],
    ['the person signed on max_age and a minute ago', { auth_time: now - 360 }, 300],
    ['the person signed on just now, and nothing older will do', { auth_time: now }, 0],
    ['it was issued a minute from now', { iat: now + 60 }],
    ['it is valid from a minute from now', { nbf: now + 60 }],
    ['it ended 59 seconds ago', { exp: now - 59 }],
  ])('is accepted where %s', async (_, claims, maxAge) => {
    expect(await verified(claims, maxAge)).toMatchObject(claims);
  });

  it.each<[string, JWTPayload, string, RegExp, number?]>([
    ['the person signed on a second before that', { auth_time: now - 361 }, 'sign_on_too_old', /\(auth_time\)/, 300],
    ['nothing older than now will do, and it is', { auth_time: now - 61 }, 'sign_on_too_old', /\(auth_time\)/, 0],
    ['it was issued 61 seconds from now', { iat: now + 61 }, 'token_not_timely', /issued in the future \(iat\)/],
    ['it is valid from 61 seconds from now', { nbf: now + 61 }, 'token_not_timely', /not valid yet \(nbf\)/],
    ['it ended a minute ago', { exp: now - 60 }, 'token_not_timely', /it has expired \(exp\)/],
  ])('is refused where %s', async (_, claims, code, words, maxAge) => {
    const message = expect.stringMatching(words);
    await expect(verified(claims, maxAge)).rejects.toMatchObject({ code, message });
  });
});

describe('at_hash', () => {
  it('is that of the example in OpenID Connect Core, appendix A.3', () => {
    expect(isHashOf('77QmUPtjPfzWtF2AnpK9RQ', 'jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y')).toBe(true);
  });

  it('is the left half of the SHA-256 of the access token, and nothing else is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), fc.anything(), (accessToken, claimed) => {
        const digest = createHash('sha256').update(accessToken).digest();
        expect(isHashOf(digest.subarray(0, 16).toString('base64url'), accessToken)).toBe(true);
        expect(isHashOf(digest.toString('base64url'), accessToken)).toBe(false);
        expect(isHashOf(claimed, accessToken)).toBe(false);
      }),
    );
  });
});
