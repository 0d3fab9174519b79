import { createPrivateKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { createServiceKey } from '../../src/sandbox/seed/service-key.ts';
import { defaultSeed } from '../../src/sandbox/seed.ts';
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

const serviceKey = createServiceKey();
let pem: string;

beforeAll(async () => {
  pem = await serviceKey.pem();
});

async function tokenOf(
  configured: Method,
  used: Method,
  keyFile: (pem: string) => string = (text) => text,
  flags: readonly string[] = [],
) {
  const { id, scope } = applications[configured];
  const secret =
    defaultSeed.applications.find(({ clientId }) => clientId === id)?.clientSecret ?? 'a secret it does not have';
  const machine = await sandboxMachine({
    sandboxOptions: { serviceKey },
    terminal: false,
    env: { PING14C_CLIENT_ID: id, PING14C_CLIENT_SECRET: secret },
  });
  const file = join(machine.folder, 'key');
  writeFileSync(file, keyFile(pem));
  return machine.run('token', '--client-credentials', '--auth-method', used, '--private-key', file, ...scope, ...flags);
}

function jwkOf(pem: string) {
  return createPrivateKey(pem).export({ format: 'jwk' });
}

/** Every five characters of a key, which no message has by chance; without the words that any key has. */
function piecesOf(file: string): readonly string[] {
  return [...file.matchAll(/[\w+/-]{20,}/g)].flatMap(([run]) =>
    Array.from({ length: run.length - 4 }, (_, at) => run.slice(at, at + 5)),
  );
}

describe('client authentication', () => {
  it.each(pairs)('of a client set to %s with %s works only if they are the same', async (configured, used) => {
    const { exitCode, stderr } = await tokenOf(configured, used);
    expect(exitCode, stderr).toBe(configured === used ? 0 : 5);
  });

  it.each([
    ['sandbox~a.b_c-d', 'sandbox~a.b_c-d'],
    ['a+b %:/=é', 'a%2Bb+%25%3A%2F%3D%C3%A9'],
  ])('by Basic encodes of ID and secret %s what must be and nothing else', async (text, encoded) => {
    const { id } = applications.client_secret_basic;
    const sent: (string | undefined)[] = [];
    const machine = await sandboxMachine({
      sandboxOptions: {
        seed: seedWith(id, { clientId: text, clientSecret: text }),
        intercept: (request, proceed) => {
          if (request.url.pathname.endsWith('/token')) sent.push(request.headers.authorization);
          return proceed();
        },
      },
      terminal: false,
      env: { PING14C_CLIENT_ID: text, PING14C_CLIENT_SECRET: text },
    });
    const { exitCode, stderr } = await machine.run('token', '--client-credentials');
    expect(exitCode, stderr).toBe(0);
    expect(sent).toEqual([`Basic ${Buffer.from(`${encoded}:${encoded}`).toString('base64')}`]);
  });

  it.each(['client_secret_jwt', 'private_key_jwt'] as const)(
    'by %s sends each time an assertion of its own, good for a minute of this machine’s clock and for nobody else',
    async (method) => {
      const { id, scope } = applications[method];
      const forms: URLSearchParams[] = [];
      const machine = await sandboxMachine({
        sandboxOptions: {
          serviceKey,
          intercept: (request, proceed) => {
            if (request.url.pathname.endsWith('/token')) forms.push(request.form());
            return proceed();
          },
        },
        terminal: false,
        env: {
          PING14C_CLIENT_ID: id,
          PING14C_CLIENT_SECRET: defaultSeed.applications.find(({ clientId }) => clientId === id)?.clientSecret,
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
    ['a JWK', (text: string) => JSON.stringify({ ...jwkOf(text), kid: 'sandbox-service-key' })],
    ['PEM in PKCS #1', (text: string) => createPrivateKey(text).export({ type: 'pkcs1', format: 'pem' }).toString()],
  ])('takes the private key as %s', async (_form, keyFile) => {
    const { exitCode, stderr } = await tokenOf('private_key_jwt', 'private_key_jwt', keyFile);
    expect(exitCode, stderr).toBe(0);
  });

  it.each([
    ['named in a JWK', (text: string) => `\n${JSON.stringify({ ...jwkOf(text), kid: 'its-name' })}`, 'its-name'],
    ['in PEM, which names none', (text: string) => text, undefined],
  ])('tells the server which key it is: one %s', async (_, keyFile, kid) => {
    const { id, scope } = applications.private_key_jwt;
    const sent: URLSearchParams[] = [];
    const machine = await sandboxMachine({
      sandboxOptions: {
        serviceKey,
        intercept: (request, proceed) => {
          if (request.url.pathname.endsWith('/token')) sent.push(new URLSearchParams(request.body));
          return proceed();
        },
      },
      terminal: false,
      env: { PING14C_CLIENT_ID: id },
    });
    const file = join(machine.folder, 'key');
    writeFileSync(file, keyFile(pem));
    await machine.run(
      'token',
      '--client-credentials',
      '--auth-method',
      'private_key_jwt',
      '--private-key',
      file,
      ...scope,
    );
    const [assertion = ''] = sent.map((body) => body.get('client_assertion') ?? '');
    expect(decodeProtectedHeader(assertion)).toEqual({ alg: 'RS256', ...(kid ? { kid } : {}) });
  });

  // Node quotes what it does not understand, of JSON and of a JWK's members alike.
  const d = 'Xk3vT9qLw7RbZ2mNc5PfYh8D';
  it.each([
    ['a quotation mark forgotten', `{"kty":"RSA","d":${d}"}`],
    ['the key in place of its type', `{"kty":"${d}","d":"${d}"}`],
    ['the key in place of its curve', `{"kty":"EC","crv":"${d}","x":"a","y":"b","d":"${d}"}`],
    ['the key in place of its algorithm', (pem: string) => JSON.stringify({ ...jwkOf(pem), alg: d })],
    ['a blank in PEM', (pem: string) => pem.replace('KEY-----', ' KEY-----')],
    ['nothing but notes', d],
  ])('refuses a key with %s without a character of it', async (_, file) => {
    const keyFile = typeof file === 'string' ? () => file : file;
    const flags = ['--json', '--debug'];
    const { exitCode, stdout, stderr } = await tokenOf('private_key_jwt', 'private_key_jwt', keyFile, flags);
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/The private key in .* cannot be used\./);
    expect(stderr).toContain('Use an RSA private key without a passphrase, as a JWK or PEM file.');
    expect(piecesOf(keyFile(pem)).filter((piece) => stderr.includes(piece))).toEqual([]);
  });

  it('says what the machine says of a key that it cannot read', async () => {
    const machine = await sandboxMachine({ env: { PING14C_CLIENT_ID: 'x' } });
    const argv = ['--auth-method', 'private_key_jwt', '--private-key', join(machine.folder, 'nowhere')];
    const { exitCode, stderr } = await machine.run('token', '--client-credentials', ...argv);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('nowhere cannot be used: ENOENT');
  });

  it('names the setting where the private key is missing', async () => {
    const machine = await sandboxMachine({ env: { PING14C_CLIENT_ID: 'x' } });
    const { exitCode, stderr } = await machine.run('token', '--client-credentials', '--auth-method', 'private_key_jwt');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /private_key_jwt needs the private key\.\n[\s\S]*Hint: .* --private-key or PING14C_PRIVATE_KEY\./,
    );
  });
});
