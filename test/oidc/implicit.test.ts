import { createHash } from 'node:crypto';
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AuthorizationServerClient } from '../../src/oidc/client.ts';
import type { ImplicitResponseType } from '../../src/oidc/client-settings.ts';
import { implicit } from '../../src/oidc/implicit.ts';
import { testMachine } from '../support/test-runtime.ts';

const settings = { issuer: 'https://auth.example.com/e/as', clientId: 'client-1', authMethod: 'none' } as const;
const request = {
  url: 'https://auth.example.com/e/as/authorize',
  pushed: false,
  state: 'the-state',
  nonce: 'the-nonce',
  redirectUri: 'https://127.0.0.1/callback',
  codeVerifier: 'unused',
  maxAge: undefined,
};
const accessToken = 'the-access-token';
const now = Math.floor(Date.now() / 1000);
const honest: JWTPayload = {
  iss: settings.issuer,
  aud: settings.clientId,
  sub: 'user-1',
  iat: now,
  exp: now + 3600,
  auth_time: now - 10,
  nonce: request.nonce,
  at_hash: createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url'),
};

const deep = Buffer.from(`${'['.repeat(200)}${']'.repeat(200)}`).toString('base64url');

let sign: (claims: JWTPayload) => Promise<string>;
let server: AuthorizationServerClient;

beforeAll(async () => {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  sign = (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: '1' }).sign(privateKey);
  const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: '1' }] });
  const clock = { observe: (response: Response) => response, aheadMs: () => undefined };
  // Of the client, nothing but this is looked at where an ID token comes.
  server = { settings, keys, clock, observe: () => {} } as unknown as AuthorizationServerClient;
});

interface Answer {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly changes?: Readonly<Record<string, string | undefined>>;
  readonly responseType?: ImplicitResponseType;
  readonly maxAge?: number;
  /** Where the parameters stand. */
  readonly in?: '#' | '?';
}

/** What becomes of an answer that is honest but for the changes; `undefined` leaves a member out. */
async function redeemed({ claims = {}, changes = {}, responseType = 'token id_token', maxAge, ...rest }: Answer) {
  const parameters = {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: '3600',
    scope: 'openid profile',
    id_token: await sign({ ...honest, ...claims }),
    state: request.state,
    ...changes,
  };
  const present = Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const callback = new URL(`https://127.0.0.1:1234/callback${rest.in ?? '#'}${new URLSearchParams(present)}`);
  return implicit(responseType, false).redeem(server, callback, { ...request, maxAge }, testMachine().runtime());
}

describe('an answer of the implicit grant', () => {
  it('becomes tokens and claims', async () => {
    const { tokens, claims } = await redeemed({});
    expect(claims.sub).toBe('user-1');
    expect(tokens).toEqual({
      accessToken,
      expiresAt: expect.any(Number),
      scope: ['openid', 'profile'],
      idToken: expect.any(String),
    });
  });

  it('without an access token lasts as long as its ID token', async () => {
    const changes = { access_token: undefined, token_type: undefined, expires_in: undefined, scope: undefined };
    const { tokens } = await redeemed({ changes, responseType: 'id_token', claims: { at_hash: undefined } });
    expect(tokens).toEqual({ accessToken: '', expiresAt: (now + 3600) * 1000, idToken: expect.any(String) });
  });

  it('without a lifetime is used until it is refused', async () => {
    expect((await redeemed({ changes: { expires_in: undefined } })).tokens.expiresAt).toBeUndefined();
  });

  it('has an end that a Date can hold, whatever the ID token says', async () => {
    const { tokens } = await redeemed({ responseType: 'id_token', claims: { at_hash: undefined, exp: 1e300 } });
    expect(new Date(tokens.expiresAt ?? Number.NaN).getFullYear()).toBeLessThanOrEqual(new Date().getFullYear() + 2);
  });

  it('gives away no access token that was not asked for', async () => {
    const { tokens } = await redeemed({ responseType: 'id_token', claims: { at_hash: undefined } });
    expect(tokens.accessToken).toBe('');
  });

  const refusals: readonly (readonly [string, Answer, RegExp])[] = [
    ['an access token without at_hash', { claims: { at_hash: undefined } }, /at_hash is missing/],
    ['another access token than at_hash vouches for', { changes: { access_token: 'another' } }, /\(at_hash\)/],
    ['another nonce', { claims: { nonce: 'another' } }, /nonce/],
    ['no nonce', { claims: { nonce: undefined } }, /nonce/],
    ['a subject that is no text', { claims: { sub: 7 } }, /it has no subject \(sub\)/],
    ['an empty subject', { claims: { sub: '' } }, /it has no subject \(sub\)/],
    ['no end', { claims: { exp: undefined } }, /it lacks a claim \(exp\)/],
    ['no time of issue', { claims: { iat: undefined } }, /it lacks a claim \(iat\)/],
    ['a further audience', { claims: { aud: ['client-1', 'client-2'] } }, /further clients \(aud\)/],
    ['another azp', { claims: { azp: 'client-2' } }, /made for another client \(azp\)/],
    ['another issuer', { claims: { iss: 'https://evil.example' } }, /a claim has another value \(iss\)/],
    ['another audience', { claims: { aud: 'client-2' } }, /a claim has another value \(aud\)/],
    ['an ID token that names nobody', { claims: { sub: undefined } }, /it lacks a claim \(sub\)/],
    ['an ID token that has expired', { claims: { iat: now - 7200, exp: now - 3600 } }, /exp/],
    ['another state', { changes: { state: 'another' } }, /state/],
    ['iss of another server', { changes: { iss: 'https://evil.example' } }, /iss/],
    ['no ID token', { changes: { id_token: undefined } }, /id_token/],
    ['no access token', { changes: { access_token: undefined } }, /access_token/],
    ['a token of another kind', { changes: { token_type: 'DPoP' } }, /token_type/],
    ['an access token that a shell would run', { changes: { access_token: 'a;reboot' } }, /characters/],
    ['an ID token with a line break in it', { changes: { id_token: 'a.b\n.c' } }, /not a signed JWT/],
    ['an ID token with a blank before it', { changes: { id_token: ' a.b.c' } }, /not a signed JWT/],
    ['an ID token with a line break after it', { changes: { id_token: 'a.b.c\n' } }, /not a signed JWT/],
    ['an ID token nested 200 deep', { changes: { id_token: `${deep}.${deep}.` } }, /its claims are nested too deep/],
    ['no token type', { changes: { token_type: undefined } }, /token_type/],
    ['no auth_time though max_age was asked', { claims: { auth_time: undefined }, maxAge: 60 }, /auth_time is missing/],
    ['an auth_time that is no number', { claims: { auth_time: 'noon' }, maxAge: 60 }, /auth_time is missing/],
    ['an auth_time beyond max_age', { claims: { auth_time: now - 600 }, maxAge: 60 }, /older than you asked for/],
  ];
  it.each(refusals)('with %s is refused', async (_fault, answer, words) => {
    await expect(redeemed(answer)).rejects.toThrow(words);
  });

  it('to another sign-in has a code of its own', async () => {
    await expect(redeemed({ changes: { state: 'another' } })).rejects.toMatchObject({
      kind: 'failed',
      code: 'answer_not_valid',
      hint: expect.stringContaining('Nothing was kept.'),
    });
  });

  it.each<[string, Answer]>([
    ['names this server', { changes: { iss: settings.issuer } }],
    ['has one audience, in a list', { claims: { aud: ['client-1'] } }],
    ['is for others too, and made for this client', { claims: { aud: ['client-1', 'client-2'], azp: 'client-1' } }],
    ['spells its kind in another way', { changes: { token_type: 'bEARER' } }],
  ])('that %s is taken', async (_what, answer) => {
    expect((await redeemed(answer)).claims.sub).toBe('user-1');
  });

  it.each(['#', '?'] as const)('that is the server’s own refusal is told as such, behind "%s"', async (separator) => {
    const id = '01234567-89ab-cdef-0123-456789abcdef';
    const changes = { error: 'access_denied', error_description: `cancelled (Correlation ID: ${id})` };
    await expect(redeemed({ changes, in: separator })).rejects.toMatchObject({
      kind: 'refused',
      code: 'access_denied',
      message: 'You cancelled the sign-in, or PingOne refused it.',
      correlationId: id,
    });
  });

  it('that is a refusal without words is one all the same', async () => {
    await expect(redeemed({ changes: { error: 'server_error' } })).rejects.toMatchObject({
      kind: 'failed',
      message: 'PingOne refused the sign-in request (server_error).',
    });
  });

  it('is not asked for the age of the sign-on when nobody asked', async () => {
    expect((await redeemed({ claims: { auth_time: undefined } })).claims.sub).toBe('user-1');
  });
});
