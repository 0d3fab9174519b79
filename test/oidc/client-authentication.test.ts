import { createPrivateKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { withServiceKey } from '../../src/sandbox/seed/service-key.ts';
import { defaultSeed, type Seed } from '../../src/sandbox/seed.ts';
import { seedWith } from '../support/sandbox-client.ts';
import { sandboxMachine } from '../support/sandbox-machine.ts';

/** Applications that differ in how they authenticate; all but the worker ask for a scope of a resource of their own. */
const applications = {
  client_secret_basic: { id: 'c0000000-0000-4000-8000-000000000003', scope: [] },
  client_secret_post: { id: 'c0000000-0000-4000-8000-000000000005', scope: ['--scope', 'orders:read'] },
  client_secret_jwt: { id: 'c0000000-0000-4000-8000-000000000006', scope: ['--scope', 'orders:read'] },
  private_key_jwt: { id: 'sandbox-private-key-client', scope: ['--scope', 'orders:read'] },
} as const;
type Method = keyof typeof applications;
const methods = Object.keys(applications) as Method[];
const pairs = methods.flatMap((configured) => methods.map((used) => [configured, used] as const));

let seed: Seed;
let pem: string;

beforeAll(async () => {
  ({ seed, privateKey: pem } = await withServiceKey(defaultSeed));
});

async function tokenOf(configured: Method, used: Method, keyFile: (pem: string) => string = (text) => text) {
  const { id, scope } = applications[configured];
  const secret = seed.applications.find(({ clientId }) => clientId === id)?.clientSecret ?? 'a secret it does not have';
  const machine = await sandboxMachine({
    sandboxOptions: { seed },
    terminal: false,
    env: { PING14C_CLIENT_ID: id, PING14C_CLIENT_SECRET: secret },
  });
  const file = join(machine.folder, 'key');
  writeFileSync(file, keyFile(pem));
  return machine.run('token', '--client-credentials', '--auth-method', used, '--private-key', file, ...scope);
}

describe('client authentication', () => {
  it.each(pairs)('of a client set to %s with %s works only if they are the same', async (configured, used) => {
    const { exitCode, stderr } = await tokenOf(configured, used);
    expect(exitCode, stderr).toBe(configured === used ? 0 : 5);
  });

  it.each([
    ['sandbox~a.b_c-d', 'sandbox~a.b_c-d'],
    ['a+b %:/=é', 'a%2Bb+%25%3A%2F%3D%C3%A9'],
  ])('by Basic encodes of the secret %s what must be and nothing else', async (clientSecret, encoded) => {
    const { id } = applications.client_secret_basic;
    const sent: (string | undefined)[] = [];
    const machine = await sandboxMachine({
      sandboxOptions: {
        seed: seedWith(id, { clientSecret }),
        intercept: (request, proceed) => {
          if (request.url.pathname.endsWith('/token')) sent.push(request.headers.authorization);
          return proceed();
        },
      },
      terminal: false,
      env: { PING14C_CLIENT_ID: id, PING14C_CLIENT_SECRET: clientSecret },
    });
    const { exitCode, stderr } = await machine.run('token', '--client-credentials');
    expect(exitCode, stderr).toBe(0);
    expect(sent).toEqual([`Basic ${Buffer.from(`${id}:${encoded}`).toString('base64')}`]);
  });

  it.each(['client_secret_jwt', 'private_key_jwt'] as const)(
    'by %s sends each time an assertion of its own, good for a minute of this machine’s clock and for nobody else',
    async (method) => {
      const { id, scope } = applications[method];
      const forms: URLSearchParams[] = [];
      const machine = await sandboxMachine({
        sandboxOptions: {
          seed,
          intercept: (request, proceed) => {
            if (request.url.pathname.endsWith('/token')) forms.push(request.form());
            return proceed();
          },
        },
        terminal: false,
        env: {
          PING14C_CLIENT_ID: id,
          PING14C_CLIENT_SECRET: seed.applications.find(({ clientId }) => clientId === id)?.clientSecret,
        },
      });
      const file = join(machine.folder, 'key');
      writeFileSync(file, pem);
      machine.advance(24 * 3_600_000);
      const argv = ['token', '--client-credentials', '--auth-method', method, '--private-key', file, ...scope];
      for (const more of [[], ['--refresh']])
        expect(await machine.run(...argv, ...more)).toMatchObject({ exitCode: 0 });
      const now = Math.floor(machine.now() / 1000);
      const assertions = forms.map((form) => decodeJwt(form.get('client_assertion') ?? ''));
      const { issuer } = machine.sandbox;
      for (const claims of assertions) {
        expect(claims).toMatchObject({ iss: id, sub: id, iat: now, nbf: now, exp: now + 60 });
        expect([issuer, `${issuer}/token`]).toContain(claims.aud);
      }
      expect(new Set(assertions.map(({ jti }) => jti)).size).toBe(2);
      expect(forms.flatMap((form) => [...form.keys()])).not.toContain('client_secret');
    },
  );

  it.each([
    [
      'a JWK',
      (text: string) =>
        JSON.stringify({ ...createPrivateKey(text).export({ format: 'jwk' }), kid: 'sandbox-service-key' }),
    ],
    ['PEM in PKCS #1', (text: string) => createPrivateKey(text).export({ type: 'pkcs1', format: 'pem' }).toString()],
  ])('takes the private key as %s', async (_form, keyFile) => {
    const { exitCode, stderr } = await tokenOf('private_key_jwt', 'private_key_jwt', keyFile);
    expect(exitCode, stderr).toBe(0);
  });

  it('refuses a file that holds no private key without quoting from it', async () => {
    const { exitCode, stderr } = await tokenOf('private_key_jwt', 'private_key_jwt', () => 'my private notes');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('cannot be used');
    expect(stderr).not.toContain('my private notes');
  });

  it('names the setting where the private key is missing', async () => {
    const machine = await sandboxMachine({ env: { PING14C_CLIENT_ID: 'x' } });
    const { exitCode, stderr } = await machine.run('token', '--client-credentials', '--auth-method', 'private_key_jwt');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('PING14C_PRIVATE_KEY');
  });
});
