import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from '../../src/output/redactor.ts';

const token = fc.stringMatching(/^[A-Za-z0-9_-]{16,40}$/);
const jwt = fc.tuple(token, token, token).map(([header, payload, signature]) => `eyJ${header}.${payload}.${signature}`);

/** Every place a secret is known to stand in. */
const places: readonly (readonly [string, (secret: string) => string])[] = [
  ['an Authorization header', (secret) => `authorization: Bearer ${secret}`],
  ['a header in JSON', (secret) => JSON.stringify({ Authorization: `Basic ${secret}` })],
  ['a cookie', (secret) => `Set-Cookie: ST=${secret}; Path=/`],
  ['a callback URL', (secret) => `https://127.0.0.1:4000/callback?code=${secret}&state=${secret}`],
  ['a fragment', (secret) => `https://127.0.0.1:4000/callback#access_token=${secret}&id_token=${secret}`],
  ['a token request', (secret) => `grant_type=refresh_token&refresh_token=${secret}&client_secret=${secret}`],
  ['a PKCE verifier', (secret) => `code_verifier=${secret}`],
  ['an assertion', (secret) => `client_assertion=${secret}`],
  ['a token answer', (secret) => JSON.stringify({ access_token: secret, refresh_token: secret, id_token: secret })],
  ['a password change', (secret) => JSON.stringify({ currentPassword: secret, newPassword: `${secret}"\\` })],
  ['a proxy URL', (secret) => `http://user:${secret}@proxy.example:3128`],
];

describe('no sink shows a secret', () => {
  it.each(places)('in %s', (_, put) => {
    fc.assert(
      fc.property(token, (secret) => {
        expect(redact(put(secret))).not.toContain(secret);
      }),
    );
  });

  it('when it is a JWT, wherever it stands', () => {
    fc.assert(
      fc.property(fc.string(), jwt, fc.string(), (before, secret, after) => {
        expect(redact(`${before} ${secret} ${after}`)).not.toContain(secret);
      }),
    );
  });

  it.each(['-eyJaaaa', 'a.', 'a+', 'a://b:', '"code":"\\\\', '-----BEGIN A PRIVATE KEY-----', 'authorization '])(
    'nor keeps anybody waiting for one behind a megabyte of %j',
    // A step for each pair of characters would take minutes.
    (unit) => {
      const told = redact(`${unit.repeat(1_000_000 / unit.length)}\nauthorization: Bearer a-secret-of-some-length`);
      expect(told.includes('a-secret-of-some-length')).toBe(false);
    },
    20_000,
  );

  it('when it was named as one, whatever it looks like', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 4 }), (around, secret) => {
        fc.pre(!'[redacted]'.includes(secret) && !around.includes(secret));
        expect(redact(`${around} ${secret}`, [secret])).not.toContain(` ${secret}`);
      }),
    );
  });
});

it.each([
  'invalid_grant: The authorization code has expired. (Correlation ID: 01234567-89ab-cdef-0123-456789abcdef)',
  'Error: exit code 5',
  'https://auth.pingone.eu/01234567-89ab-cdef-0123-456789abcdef/as/token → 200 in 12 ms',
])('leaves what helps to find a fault: %s', (text) => {
  expect(redact(text)).toBe(text);
});
