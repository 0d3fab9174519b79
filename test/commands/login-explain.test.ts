import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import type { HostingOptions } from '../../src/sandbox/sandbox.ts';
import { client, sandboxMachine } from '../support/sandbox-machine.ts';

const webSecret = 'sandbox~web.shop+secret-as-long-as-those-that-PingOne-makes-0002';
const web = { PING14C_CLIENT_ID: client.web, PING14C_CLIENT_SECRET: webSecret };

/** Looks over the sandbox's shoulder: what it was sent and what it gave is what nobody may see. */
function spy() {
  const secrets = new Set<string>();
  const granted: Record<string, string> = {};
  const intercept: HostingOptions['intercept'] = async (request, proceed) => {
    const form = request.method === 'POST' ? request.form() : new URLSearchParams();
    for (const name of ['code', 'code_verifier', 'device_code', 'client_secret']) secrets.add(form.get(name) ?? '');
    if (form.has('code_verifier')) granted['code_verifier'] = form.get('code_verifier') ?? '';
    const response = await proceed();
    if (request.url.pathname.endsWith('/as/token') || request.url.pathname.endsWith('/as/device_authorization')) {
      const answer = JSON.parse(response.body ?? '{}') as Record<string, string>;
      for (const name of ['access_token', 'refresh_token', 'id_token', 'device_code']) secrets.add(answer[name] ?? '');
      Object.assign(granted, answer);
    }
    return response;
  };
  return { intercept, granted, secrets: () => [...secrets].filter(Boolean) };
}

describe('login --explain', () => {
  it('tells every step in its order, and signs in as ever', async () => {
    const machine = await sandboxMachine();
    const { exitCode, stdout, stderr } = await machine.run('login', '--explain', '--verbose');
    expect({ exitCode, stdout }, stderr).toEqual({
      exitCode: 0,
      stdout: 'Signed in as Ada King Lovelace (ada@example.com)\n',
    });
    expect([...stderr.matchAll(/^\d+\. (.*)$/gm)].map(([, title]) => title)).toEqual([
      'Discovery',
      'A listener for the answer',
      'Proof key for code exchange (PKCE)',
      'The authorization request',
      'Preflight: the authorization request, tried without a browser',
      'The callback',
      'Token request',
      'The server’s public keys',
      'The ID token, verified',
      'The session is kept',
    ]);
    const { issuer } = machine.sandbox;
    expect([...stderr.matchAll(/^ {3}((?:GET|POST) \S+)$/gm)].map(([, sent]) => sent)).toEqual([
      `GET ${issuer}/.well-known/openid-configuration`,
      // The browser's, and the preflight.
      `GET ${issuer}/authorize`,
      `GET ${issuer}/authorize`,
      `POST ${issuer}/token`,
      `GET ${issuer}/jwks`,
    ]);
  });

  it('tells the same steps without --verbose, each in a few lines, and no secret', async () => {
    const watched = spy();
    const machine = await sandboxMachine({ env: web, sandboxOptions: { intercept: watched.intercept } });
    const { exitCode, stdout, stderr } = await machine.run('login', '--explain');
    expect(exitCode, stderr).toBe(0);
    const titles = [...stderr.matchAll(/^(\d+)\. .*$/gm)].map(([, number]) => Number(number));
    expect(titles).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(stderr).toMatch(/^In short; --verbose adds /);
    expect(stderr).not.toMatch(/RFC|Console:/);
    expect(stderr).toMatch(/^ {3}POST \/\S+\/as\/token → 200 with access_token, /m);
    expect(stderr).toMatch(/^ {3}✓ signature, alg, iss, aud, exp, /m);
    for (const secret of [...watched.secrets(), webSecret]) expect(stdout + stderr).not.toContain(secret);
  });

  it('tells each parameter of the address with its value, its purpose, the console and the standard', async () => {
    const machine = await sandboxMachine();
    const { stderr } = await machine.run('login', '--explain', '--verbose', '--max-age', '60', '--login-hint', 'ada');
    const [sent = new URLSearchParams()] = machine.opened.map((url) => new URL(url).searchParams);
    expect(sent.size).toBe(10);
    for (const [name, value] of sent) {
      const line = `   ${name} = ${value}\n`;
      expect(stderr).toContain(line);
      expect(stderr.slice(stderr.indexOf(line) + line.length)).toMatch(/^ {7}.+(RFC|OpenID Connect)/);
    }
    expect(stderr).toMatch(/ {3}redirect_uri = .*\n.*Console: Configuration → Redirect URIs\. RFC 6749/);
  });

  it('does the arithmetic of PKCE right', async () => {
    const watched = spy();
    const machine = await sandboxMachine({ sandboxOptions: { intercept: watched.intercept } });
    const { stderr } = await machine.run('login', '--explain', '--verbose');
    const digest = createHash('sha256')
      .update(watched.granted['code_verifier'] ?? '')
      .digest();
    expect(stderr).toContain(`SHA-256        = ${digest.toString('hex')} `);
    expect(stderr).toContain(`code_challenge = ${digest.toString('base64url')} `);
    expect(stderr).toContain('code_verifier  = [redacted, 43 characters');
  });

  it('tells each check of the ID token, and what it says of the person', async () => {
    const watched = spy();
    const machine = await sandboxMachine({ sandboxOptions: { intercept: watched.intercept } });
    const { stderr } = await machine.run('login', '--explain', '--verbose');
    for (const claim of ['signature', 'alg', 'iss', 'aud', 'exp', 'iat', 'nonce', 'at_hash', 'sub']) {
      expect(stderr).toMatch(new RegExp(`^   ✓ ${claim}: .*section`, 'm'));
    }
    const { email, sid } = decodeJwt(watched.granted['id_token'] ?? '');
    expect(stderr).toContain(`   email = ${email}\n`);
    expect(stderr).toContain(`   sid = ${sid}\n`);
  });

  it('tells a claim once: what a check has told is not among the other claims', async () => {
    const machine = await sandboxMachine();
    const { stderr } = await machine.run('login', '--explain', '--verbose', '--max-age', '60');
    expect(stderr).toContain('✓ auth_time: ');
    expect(stderr).not.toMatch(/^ {3}auth_time = /m);
  });

  it.each<[string, readonly string[], Readonly<Record<string, string>>, readonly string[]]>([
    ['a public client', [], {}, []],
    ['a client with a secret', [], web, ['Authorization: Basic [redacted']],
    ['a pushed request', ['--par'], {}, ['Pushed authorization request', 'request_uri = ']],
    ['the implicit grant', ['--implicit'], web, ['✓ at_hash', 'response_mode = form_post']],
    [
      'the implicit grant without an ID token',
      ['--implicit', '--response-type', 'token'],
      web,
      ['Userinfo', 'Authorization: Bearer [redacted'],
    ],
  ])('redacts all that is secret for %s', async (_name, flags, env, words) => {
    const watched = spy();
    const machine = await sandboxMachine({ env, sandboxOptions: { intercept: watched.intercept } });
    const { exitCode, stdout, stderr } = await machine.run('login', '--explain', '--verbose', ...flags);
    expect(exitCode, stderr).toBe(0);
    for (const word of words) expect(stderr).toContain(word);
    for (const secret of [...watched.secrets(), webSecret]) expect(stdout + stderr).not.toContain(secret);
    expect(stderr).not.toMatch(/\beyJ[\w-]{10,}/);
  });

  it('tells a repeated question in one line, as the device grant asks them', async () => {
    const watched = spy();
    const machine = await sandboxMachine({ sandboxOptions: { intercept: watched.intercept } });
    const { outcome, runtime } = machine.start('login', '--explain', '--verbose', '--device');
    await runtime.said(/Device authorization\n[\s\S]*user_code = [\s\S]*The code is good for/);
    await machine.sleepsThrough(5000);
    await runtime.said(/Token request\n[\s\S]*device_code = \[redacted[\s\S]*→ 400 authorization_pending\n/);
    await machine.sleepsThrough(5000);
    const shown = await runtime.said(/Token request, again\n.*\n {3}→ 400 authorization_pending\n\n/);
    runtime.interrupt();
    expect((await outcome).exitCode).toBe(130);
    expect(watched.secrets().length).toBeGreaterThan(1);
    for (const secret of watched.secrets()) expect(shown).not.toContain(secret);
  });

  it('tells how far it came when a check fails', async () => {
    const machine = await sandboxMachine({ sandboxOptions: { faults: ['id-token-bad-signature'] } });
    const { exitCode, stderr } = await machine.run('login', '--explain', '--verbose');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('The server’s public keys');
    expect(stderr).not.toContain('The ID token, verified');
    expect(stderr).toContain('Error: The ID token is not valid: its signature is not that of the server');
  });

  it('is silent where it is not asked for', async () => {
    const machine = await sandboxMachine();
    const { stderr } = await machine.run('login');
    expect(stderr).not.toMatch(/^\d+\. /m);
  });
});
