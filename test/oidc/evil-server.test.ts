import { createHash, KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeCertificate } from '../../src/loopback/certificate.ts';
import { browserFor } from '../support/sandbox-machine.ts';
import { testMachine } from '../support/test-runtime.ts';

/** What an authorization server may do wrong. Each knob changes one thing; without any it is honest. */
interface Evil {
  readonly metadata?: (honest: Json) => Json;
  /** Parameters of the callback. */
  readonly callback?: (honest: URLSearchParams) => void;
  readonly claims?: (honest: JWTPayload) => JWTPayload;
  /** Header and signing of the ID token. */
  readonly sign?: (claims: JWTPayload, keys: EvilKeys) => Promise<string>;
  readonly jwks?: (honest: readonly JWK[], keys: EvilKeys) => readonly JWK[];
  readonly token?: (honest: Json, grantType: string) => Json | Answer;
  readonly userinfo?: (honest: Json) => Json | Answer;
  /** Path → answer in its place, e.g. a redirect. */
  readonly instead?: Readonly<Record<string, Answer>>;
  /** Milliseconds that the server's clock is ahead. */
  readonly aheadMs?: number;
}

type Json = Record<string, unknown>;

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface EvilKeys {
  readonly published: { readonly privateKey: CryptoKey; readonly jwk: JWK };
  /** Never published, unless a knob does. */
  readonly other: { readonly privateKey: CryptoKey; readonly jwk: JWK };
}

interface EvilServer {
  readonly origin: string;
  readonly certificate: { readonly cert: string };
  /** Paths below the issuer, in order. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** Same environment for all: the settings want a UUID. */
const evilEnvironment = 'e0000000-0000-4000-8000-00000000000e';
const evilClient = 'evil-client';
const person = { sub: 'user-1', name: 'Mallory', email: 'mallory@example.com' };

/** Made once: the same for all servers of a test file. */
const theKeys: Promise<EvilKeys> = Promise.all([keyNamed('published'), keyNamed('other')]).then(
  ([published, other]) => ({
    published,
    other,
  }),
);

/** @param turn returns the knobs as they are for this request, so that a server can turn evil between two of them */
async function startEvilServer(turn: () => Evil): Promise<EvilServer> {
  const certificate = makeCertificate({ now: Date.now(), days: 2 });
  const keys = await theKeys;
  const nonces = new Map<string, string>();
  const requests: string[] = [];
  const server = createServer({ cert: certificate.cert, key: certificate.key }, (request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer = `${origin}/${evilEnvironment}/as`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const evil = turn();
    const url = new URL(request.url ?? '/', origin);
    const path = url.pathname.replace(`/${evilEnvironment}/as`, '');
    requests.push(path);
    const { status, headers, body } = evil.instead?.[path] ?? (await honest(path, url, request, evil));
    response.sendDate = false;
    const date = new Date(Date.now() + (evil.aheadMs ?? 0)).toUTCString();
    response.writeHead(status, { 'content-type': 'application/json', date, connection: 'close', ...headers }).end(body);
  }

  async function honest(path: string, url: URL, request: IncomingMessage, evil: Evil): Promise<Answer> {
    switch (path) {
      case '/.well-known/openid-configuration':
        return ok(evil.metadata?.(metadata()) ?? metadata());
      case '/authorize':
        return authorize(url, evil);
      case '/token':
        return token(new URLSearchParams(await textOf(request)), evil);
      case '/jwks':
        return ok({ keys: evil.jwks?.([keys.published.jwk], keys) ?? [keys.published.jwk] });
      case '/userinfo':
        return answerFrom(evil.userinfo?.(person) ?? person);
      default:
        return { status: 404 };
    }
  }

  function metadata(): Json {
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      jwks_uri: `${issuer}/jwks`,
      // It would like these to be believed.
      id_token_signing_alg_values_supported: ['none', 'HS256', 'RS256'],
      code_challenge_methods_supported: ['plain'],
    };
  }

  function authorize({ searchParams }: URL, evil: Evil): Answer {
    const code = createHash('sha256').update(searchParams.toString()).digest('hex');
    nonces.set(code, searchParams.get('nonce') ?? '');
    const location = new URL(searchParams.get('redirect_uri') ?? '');
    const parameters = new URLSearchParams({ code, state: searchParams.get('state') ?? '' });
    evil.callback?.(parameters);
    location.search = parameters.toString();
    return { status: 302, headers: { location: location.href } };
  }

  async function token(form: URLSearchParams, evil: Evil): Promise<Answer> {
    const now = Math.floor((Date.now() + (evil.aheadMs ?? 0)) / 1000);
    const nonce = nonces.get(form.get('code') ?? '');
    const honestClaims = {
      iss: issuer,
      aud: evilClient,
      iat: now,
      exp: now + 3600,
      ...person,
      ...(nonce ? { nonce } : {}),
    };
    const claims = evil.claims?.(honestClaims) ?? honestClaims;
    const body = {
      access_token: `access-${requests.length}`,
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: `refresh-${requests.length}`,
      id_token: await (evil.sign ?? signHonestly)(claims, keys),
    };
    return answerFrom(evil.token?.(body, form.get('grant_type') ?? '') ?? body);
  }

  return {
    origin,
    certificate,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function signHonestly(claims: JWTPayload, { published }: EvilKeys): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'published' }).sign(published.privateKey);
}

async function keyNamed(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' } };
}

function ok(json: unknown): Answer {
  return { status: 200, body: JSON.stringify(json) };
}

function answerFrom(given: Json | Answer): Answer {
  return typeof given['status' as never] === 'number' ? (given as Answer) : ok(given);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** A machine whose server turns its knobs when the test does, and a person who goes wherever the URL leads. */
async function evilMachine(first: Evil = {}) {
  const knobs = { now: first };
  const server = await startEvilServer(() => knobs.now);
  const folder = mkdtempSync(join(tmpdir(), 'ping14c-evil-'));
  writeFileSync(join(folder, 'ca.pem'), server.certificate.cert);
  onTestFinished(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const machine = testMachine({
    env: {
      PING14C_ENVIRONMENT_ID: evilEnvironment,
      PING14C_AUTH_URL: server.origin,
      PING14C_API_URL: `${server.origin}/v1`,
      PING14C_CLIENT_ID: evilClient,
      PING14C_CA_FILE: join(folder, 'ca.pem'),
      PING14C_SCOPE: 'openid',
    },
    browser: (url, stderr) => browserFor(server, stderr).visit(url),
  });
  return { ...machine, server, turn: (evil: Evil) => Object.assign(knobs, { now: evil }) };
}

const withClaims = (more: JWTPayload): Evil => ({ claims: (honest) => ({ ...honest, ...more }) });
const without = (name: string): Evil => ({
  claims: (honest) => Object.fromEntries(Object.entries(honest).filter(([claim]) => claim !== name)),
});
const signedBy =
  (header: { alg: string; kid?: string }, key: (keys: EvilKeys) => CryptoKey | KeyObject | Uint8Array) =>
  (claims: JWTPayload, keys: EvilKeys) =>
    new SignJWT(claims).setProtectedHeader(header).sign(key(keys));
const unsigned = async (claims: JWTPayload) =>
  `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;
const encode = (text: string) => new TextEncoder().encode(text);
const now = Math.floor(Date.now() / 1000);

/** What stands below a complaint about the server: the setting that names it, and that it may be the wrong one. */
const whichServer =
  '[\\s\\S]*https://127\\.0\\.0\\.1:\\d+ \\(from PING14C_AUTH_URL\\)[\\s\\S]*Hint: Check the region or --auth-url: ';

/** What the server does, and the words in which it is refused (docs/security.md, rules 1 to 9). */
const refusals: readonly (readonly [string, Evil, RegExp])[] = [
  ['an ID token without a signature', { sign: unsigned }, /alg/],
  [
    'HS256 with the public key as its secret',
    { sign: signedBy({ alg: 'HS256', kid: 'published' }, ({ published }) => encode(JSON.stringify(published.jwk))) },
    /alg/,
  ],
  // The key is the right one, and published for no algorithm in particular: it is the token that chooses one.
  ...['PS256', 'RS512'].map((alg): readonly [string, Evil, RegExp] => [
    `${alg} with the published key`,
    {
      sign: signedBy({ alg, kid: 'published' }, ({ published }) => KeyObject.from(published.privateKey)),
      jwks: (honest) => honest.map(({ alg: _, ...key }) => key),
    },
    /alg/,
  ]),
  [
    'a key that is not published',
    { sign: signedBy({ alg: 'RS256', kid: 'other' }, (keys) => keys.other.privateKey) },
    /kid/,
  ],
  [
    'the published key ID with another key',
    { sign: signedBy({ alg: 'RS256', kid: 'published' }, (keys) => keys.other.privateKey) },
    /its signature is not that of the server\.\n[\s\S]*Hint: Nothing was kept\./,
  ],
  [
    'no key ID where two keys are published',
    {
      sign: signedBy({ alg: 'RS256' }, (keys) => keys.published.privateKey),
      jwks: (honest, keys) => [...honest, keys.other.jwk],
    },
    /several/,
  ],
  [
    'a key too short to be one',
    { jwks: (honest) => honest.map((key) => ({ ...key, n: 'AQAB' })) },
    /key cannot be used/,
  ],
  [
    'metadata whose issuer is no address',
    { metadata: (honest) => ({ ...honest, issuer: 'x y' }) },
    /issuer is something that is not an address/,
  ],
  ['another issuer', withClaims({ iss: 'https://evil.example' }), /iss/],
  ['another audience', withClaims({ aud: 'another-client' }), /aud/],
  ['a further audience', withClaims({ aud: [evilClient, 'another-client'] }), /aud/],
  ['a further audience and another azp', withClaims({ aud: [evilClient, 'x'], azp: 'x' }), /azp/],
  ['another azp', withClaims({ azp: 'another-client' }), /azp/],
  ['an expired ID token', withClaims({ iat: now - 7200, exp: now - 3600 }), /exp/],
  ['an ID token of the future', withClaims({ iat: now + 3600, exp: now + 7200 }), /in the future \(iat\)/],
  [
    'an ID token that is not valid yet',
    withClaims({ nbf: now + 3600 }),
    /nbf[\s\S]*Hint: Try again\. The clock of this machine agrees with that of the server\./,
  ],
  ['another nonce', withClaims({ nonce: 'of another sign-in' }), /nonce/],
  ['no nonce', without('nonce'), /nonce/],
  ['the at_hash of another access token', withClaims({ at_hash: 'LDktKdoQak3Pk0cnXxCltA' }), /at_hash/],
  ['an at_hash that is no text', withClaims({ at_hash: 7 }), /at_hash/],
  ['no subject', without('sub'), /sub/],
  ['an empty subject', withClaims({ sub: '' }), /sub/],
  ['no exp', without('exp'), /exp/],
  ['no iat', without('iat'), /iat/],
  ['no ID token', { token: ({ id_token: _, ...rest }) => rest }, /id_token/],
  [
    'another issuer in the metadata',
    { metadata: (honest) => ({ ...honest, issuer: 'https://evil.example/login' }) },
    /its issuer is https:\/\/evil\.example\/login, not https:\/\/127\S+\/as\.\n[\s\S]*\(from PING14C_AUTH_URL\)[\s\S]*Hint: Check the region, the custom domain or --auth-url, and the environment ID\./,
  ],
  [
    'an issuer that differs in a slash',
    { metadata: (honest) => ({ ...honest, issuer: `${honest['issuer']}/` }) },
    /its issuer is (\S+\/as)\/, not \1\.\n[\s\S]*Hint: They differ in the slash at the end/,
  ],
  [
    'the issuer of a custom domain',
    { metadata: (honest) => ({ ...honest, issuer: 'https://id.example.com/as' }) },
    /its issuer is https:\/\/id\.example\.com\/as, not https:\/\/127\S+\/as\.\n[\s\S]*Hint: If that is the right server, use --custom-domain id\.example\.com, without --auth-url\./,
  ],
  [
    'the issuer of a region',
    { metadata: (honest) => ({ ...honest, issuer: `https://auth.pingone.eu/${evilEnvironment}/as` }) },
    /its issuer is https:\/\/auth\.pingone\.eu\S+, not https:\/\/127\S+\.\n[\s\S]*Hint: If that is the right server, use --region eu --environment-id e0000000-\S+, without --auth-url/,
  ],
  [
    'an issuer that differs in case',
    { metadata: (honest) => ({ ...honest, issuer: String(honest['issuer']).replace('https', 'HTTPS') }) },
    /issuer/,
  ],
  ...[
    'token_endpoint',
    'jwks_uri',
    'userinfo_endpoint',
    'revocation_endpoint',
    'introspection_endpoint',
    'device_authorization_endpoint',
    'pushed_authorization_request_endpoint',
    'end_session_endpoint',
    'ping_end_idp_session_endpoint',
    'check_session_iframe',
  ].map((name): readonly [string, Evil, RegExp] => [
    `the ${name} without TLS`,
    { metadata: (honest) => ({ ...honest, [name]: 'http://evil.example/' }) },
    new RegExp(`The server's ${name} is not an https address; nothing is sent there${whichServer}`),
  ]),
  [
    'metadata without the address of the keys',
    { metadata: ({ jwks_uri: _, ...rest }) => rest },
    new RegExp(`The server does not say where its signing keys are \\(jwks_uri\\)\\.${whichServer}`),
  ],
  [
    'an authorization endpoint that is a script',
    { metadata: (honest) => ({ ...honest, authorization_endpoint: 'javascript:alert(1)' }) },
    /authorization_endpoint is not an https address/,
  ],
  ['another iss in the callback', { callback: (sent) => sent.set('iss', 'https://evil.example') }, /iss/],
  ['a negative lifetime', { token: (honest) => ({ ...honest, expires_in: -1 }) }, /expires_in/],
  [
    'an answer without an access token',
    { token: ({ access_token: _, ...rest }) => rest },
    /access_token[\s\S]*Hint: It was not used\. Check the region or --auth-url, /,
  ],
  ...['/.well-known/openid-configuration', '/token', '/jwks'].flatMap((path): (readonly [string, Evil, RegExp])[] => [
    [
      `a redirect at ${path}`,
      { instead: { [path]: { status: 307, headers: { location: 'https://127.0.0.1:9/' } } } },
      /redirect|200 OK/,
    ],
    [
      `more than a megabyte at ${path}`,
      { instead: { [path]: { status: 200, body: JSON.stringify({ pad: 'x'.repeat(1_100_000) }) } } },
      /more than 1048576 bytes/,
    ],
    [`HTML at ${path}`, { instead: { [path]: { status: 200, body: '<html>' } } }, /Error: /],
  ]),
];

describe('login at a server that does not keep to the rules', () => {
  it('works while the server is honest', async () => {
    const { exitCode, stdout, stderr } = await (await evilMachine()).run('login');
    expect({ exitCode, stdout }, stderr).toEqual({
      exitCode: 0,
      stdout: 'Signed in as Mallory (mallory@example.com)\n',
    });
  });

  it.each(refusals)('refuses %s, and keeps nothing', async (_name, evil, words) => {
    const machine = await evilMachine(evil);
    const { exitCode, stdout, stderr } = await machine.run('login');
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr.slice(stderr.indexOf('Error:'))).toMatch(words);
    expect(machine.keychainItems.size).toBe(0);
  });

  it.each<[code: string, Evil]>([
    ['id_token_not_valid', withClaims({ nonce: 'of another sign-in' })],
    ['id_token_not_valid', { sign: signedBy({ alg: 'RS256', kid: 'other' }, (keys) => keys.other.privateKey) }],
    ['token_not_timely', withClaims({ nbf: now + 3600 })],
    ['answer_not_valid', { token: (honest) => ({ ...honest, expires_in: -1 }) }],
    ['access_token_not_valid', { token: (honest) => ({ ...honest, access_token: 'a b' }) }],
    ['issuer_mismatch', { metadata: (honest) => ({ ...honest, issuer: 'https://evil.example/login' }) }],
    ['issuer_mismatch', { metadata: (honest) => ({ ...honest, issuer: 'x y' }) }],
    ['insecure_endpoint', { metadata: (honest) => ({ ...honest, jwks_uri: 'http://evil.example/' }) }],
    ['jwks_uri_missing', { metadata: ({ jwks_uri: _, ...rest }) => rest }],
  ])('has a code for scripts, %s', async (code, evil) => {
    const { stderr } = await (await evilMachine(evil)).run('login', '--json');
    expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({ error: { code } });
  });

  it('takes a further audience when the token was made for us', async () => {
    const machine = await evilMachine(withClaims({ aud: [evilClient, 'an-api'], azp: evilClient }));
    expect((await machine.run('login')).exitCode).toBe(0);
  });

  it('takes a token without a key ID where there is one key', async () => {
    const machine = await evilMachine({ sign: signedBy({ alg: 'RS256' }, (keys) => keys.published.privateKey) });
    expect((await machine.run('login')).exitCode).toBe(0);
  });

  it('asks for the keys once more when it does not know the one, and then no more', async () => {
    const machine = await evilMachine({
      sign: signedBy({ alg: 'RS256', kid: 'other' }, (keys) => keys.other.privateKey),
    });
    await machine.run('login');
    expect(machine.server.requests.filter((path) => path === '/jwks')).toHaveLength(2);
  });

  it.each([
    ['absent', undefined],
    ['a text', '3600'],
    ['huge', 1e300],
    ['zero', 0],
  ])('makes no impossible date of a lifetime that is %s', async (_name, expiresIn) => {
    const machine = await evilMachine({ token: (honest) => ({ ...honest, expires_in: expiresIn }) });
    const { exitCode, stdout, stderr } = await machine.run('login', '--json');
    expect(exitCode, stderr).toBe(0);
    const { expiresAt } = JSON.parse(stdout) as { expiresAt?: string };
    expect(expiresAt === undefined || Number.isFinite(Date.parse(expiresAt))).toBe(true);
  });

  it('says which scopes were not granted', async () => {
    const machine = await evilMachine({ token: (honest) => ({ ...honest, scope: 'openid' }) });
    const { exitCode, stderr } = await machine.run('login', '--scope', 'openid email p1:read:user offline_access');
    expect(exitCode).toBe(0);
    expect(stderr).toContain('Not granted: email p1:read:user.');
  });

  it('shows none of what userinfo says about another user', async () => {
    const machine = await evilMachine();
    await machine.run('login');
    machine.turn({ userinfo: (honest) => ({ ...honest, sub: 'user-2', name: 'Somebody Else' }) });
    const { exitCode, stdout, stderr } = await machine.run('whoami');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('about another user');
    expect(stderr).not.toContain('Somebody Else');
  });

  it.each([
    ['userinfo', 'application/jwt', 'whoami'],
    ['userinfo', 'application/jwt; charset=utf-8', 'whoami'],
    ['introspection', 'application/token-introspection+jwt', 'token --introspect'],
  ])('shows none of what %s says in an unverified JWT (%s)', async (name, type, command) => {
    const metadata = (honest: Json) => ({ ...honest, introspection_endpoint: `${honest['issuer']}/introspection` });
    const machine = await evilMachine({ metadata });
    await machine.run('login');
    const claims = {
      ...person,
      iss: 'x',
      aud: evilClient,
      token_introspection: { active: true, username: 'Somebody' },
    };
    const answer = {
      status: 200,
      headers: { 'content-type': type },
      body: await unsigned({ ...claims, name: 'Somebody' }),
    };
    machine.turn({ metadata, instead: { [`/${name}`]: answer } });
    const { exitCode, stdout, stderr } = await machine.run(...command.split(' '));
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(
      /answered with a JWT where JSON is expected, so it is not used\.\n[\s\S]*Hint: Set the server to answer userinfo and introspection in JSON:/,
    );
    expect((await machine.run(...command.split(' '), '--json')).stderr).toContain('"code":"answer_not_json"');
  });

  it('explains clocks that differ, with the measured difference', async () => {
    const machine = await evilMachine({ aheadMs: 10 * 60_000 });
    const { exitCode, stderr } = await machine.run('login');
    expect(exitCode).toBe(1);
    expect(stderr).toContain("The clock of this machine is 10 minutes behind the server's.");
  });

  it('tolerates clocks that differ by less than a minute', async () => {
    const machine = await evilMachine({ aheadMs: 50_000 });
    expect((await machine.run('login')).exitCode).toBe(0);
  });
});

/** What a token endpoint's place may answer, and how that is told. */
const interposed: readonly (readonly [string, Answer, number, RegExp])[] = [
  [
    'too many requests, in OAuth’s grammar',
    { status: 429, headers: { 'retry-after': '30' }, body: '{"error":"slow_down_please"}' },
    1,
    /too many requests \(status 429\)\.\nHint: Try again in 30 seconds/,
  ],
  [
    'too many requests, in the platform’s grammar',
    { status: 429, headers: { 'retry-after': '30' }, body: '{"code":"REQUEST_LIMITED","message":"Limited"}' },
    1,
    /too many requests \(status 429\)\.\nHint: Try again in 30 seconds/,
  ],
  [
    'a failure of its own, in the platform’s grammar',
    { status: 500, headers: { 'correlation-id': 'c-1' }, body: '{"code":"UNEXPECTED_ERROR","message":"Oh no"}' },
    1,
    /answered the \S+ request with status 500[\s\S]*Correlation ID: c-1\n/,
  ],
  [
    'the network’s demand to sign in',
    { status: 511, headers: { 'content-type': 'text/html' } },
    6,
    /sign in to the network/,
  ],
  [
    'a captive portal’s redirect',
    { status: 302, headers: { location: 'http://portal.example/hello?id=7' } },
    1,
    /redirect to http:\/\/portal\.example\/hello, which is not followed\.\n[\s\S]*Hint: If that is a sign-in page/,
  ],
  [
    'a firewall’s page',
    { status: 403, headers: { 'content-type': 'text/html' }, body: '<h1>Blocked</h1>' },
    1,
    /status 403 and a web page, [\s\S]*\nHint: A firewall or a proxy[^\n]* check --auth-url/,
  ],
  [
    'the gateway’s refusal',
    {
      status: 403,
      headers: { 'x-amzn-errortype': 'IncompleteSignatureException' },
      body: '{"message":"Invalid key=value pair (missing equal-sign) in Authorization header"}',
    },
    1,
    /from its gateway: it does not know the path[\s\S]*\nHint: This says nothing about your permissions/,
  ],
];

describe('an answer of somebody on the way', () => {
  it.each(interposed)('is told as what it is: %s', async (_name, answer, exitCode, words) => {
    for (const path of ['/token', '/.well-known/openid-configuration']) {
      const machine = await evilMachine({ instead: { [path]: answer } });
      const outcome = await machine.run('login');
      expect(outcome.stderr).toMatch(words);
      expect(outcome.exitCode).toBe(exitCode);
    }
  });

  it.each(interposed)('does not end the session: %s', async (_name, answer) => {
    const machine = await evilMachine();
    await machine.run('login');
    machine.advance(3_590_000);
    machine.turn({ instead: { '/token': answer } });
    expect((await machine.run('token', '--min-ttl', '3000')).exitCode).not.toBe(4);
    machine.turn({});
    expect((await machine.run('token', '--min-ttl', '3000')).exitCode).toBe(0);
  });
});

describe('a session at a server that turns evil', () => {
  const refreshed = async (evil: Evil) => {
    const machine = await evilMachine();
    await machine.run('login');
    machine.turn(evil);
    machine.advance(3_590_000);
    return { machine, outcome: await machine.run('token', '--min-ttl', '3000') };
  };

  it('renews while the server is honest', async () => {
    const { outcome } = await refreshed({});
    expect(outcome.exitCode, outcome.stderr).toBe(0);
  });

  it.each([
    ['another user', withClaims({ sub: 'user-2' }), /it names another user \(sub\)/],
    ['another issuer', withClaims({ iss: 'https://evil.example' }), /iss/],
    ['the at_hash of another access token', withClaims({ at_hash: 'LDktKdoQak3Pk0cnXxCltA' }), /\(at_hash\)/],
    ['an unsigned ID token', { sign: unsigned }, /alg/],
  ] satisfies [string, Evil, RegExp][])('ends when the renewed session brings %s', async (_name, evil, reason) => {
    const { machine, outcome } = await refreshed(evil);
    expect({ exitCode: outcome.exitCode, stdout: outcome.stdout }, outcome.stderr).toEqual({ exitCode: 4, stdout: '' });
    expect(outcome.stderr).toMatch(
      /The refreshed session cannot be trusted and is not used\. .+\n[\s\S]*Hint: .*login/,
    );
    expect(outcome.stderr).toMatch(reason);
    machine.turn({});
    expect((await machine.run('token')).exitCode).toBe(4);
  });

  it.each<[string, Answer, RegExp]>([
    ['are not there', { status: 503 }, /The server's signing keys cannot be read: .+\.\nHint: Try again in a moment;/],
    ['are none', ok({ keys: 7 }), /The server's signing keys cannot be read: .+\.\nHint: Try again in a moment;/],
  ])(
    'is kept when the keys cannot be had, for then the refresh token has not been sent: they %s',
    async (_, answer, words) => {
      const { machine, outcome } = await refreshed({ instead: { '/jwks': answer } });
      expect(outcome.exitCode).toBe(1);
      expect(outcome.stderr).toMatch(words);
      expect(machine.server.requests.filter((path) => path === '/token')).toHaveLength(1);
      machine.turn({ sign: signHonestly });
      const { exitCode, stderr } = await machine.run('token', '--min-ttl', '3000');
      expect(exitCode, stderr).toBe(0);
    },
  );
});

/** Values of which none belongs where it is put; of the first, no text and no number can be made. */
const oddValues: readonly unknown[] = [{ toString: 1 }, [[{}]], 7];

type OddAnswer = readonly [name: string, evil: (odd: unknown) => Evil];

const memberOf = (knob: 'metadata' | 'token' | 'userinfo', names: readonly string[]): readonly OddAnswer[] =>
  names.map((name) => [`${name} (${knob})`, (odd) => ({ [knob]: (honest: Json) => ({ ...honest, [name]: odd }) })]);
const claimOf = (name: string): OddAnswer => [`${name} (ID token)`, (odd) => withClaims({ [name]: odd })];
const refusalAt = (path: string, body: (odd: unknown) => Json): OddAnswer => [
  `${Object.keys(body('')).at(-1)} of a refusal (${path})`,
  (odd) => ({ instead: { [path]: { status: 400, body: JSON.stringify(body(odd)) } } }),
];

const oddAnswers: readonly OddAnswer[] = [
  refusalAt('/token', (odd) => ({ error: odd })),
  refusalAt('/token', (odd) => ({ error: 'invalid_grant', error_description: odd })),
  refusalAt('/.well-known/openid-configuration', (odd) => ({ code: 'NOT_FOUND', details: [odd], message: odd })),
  ...memberOf('metadata', ['issuer', 'jwks_uri', 'token_endpoint', 'authorization_endpoint', 'userinfo_endpoint']),
  ...memberOf('token', ['access_token', 'token_type', 'expires_in', 'refresh_token', 'scope', 'id_token']),
  ...['iss', 'sub', 'aud', 'azp', 'exp', 'iat', 'nbf', 'nonce', 'auth_time', 'at_hash', 'name', 'email'].map(claimOf),
  ...['kty', 'n', 'e', 'kid', 'use', 'key_ops'].map(
    (name): OddAnswer => [
      `${name} (key)`,
      (odd) => ({ jwks: (honest) => honest.map((key) => ({ ...key, [name]: odd })) }),
    ],
  ),
  ['the keys', (odd) => ({ instead: { '/jwks': ok({ keys: odd }) } })],
  ['the whole metadata', (odd) => ({ instead: { '/.well-known/openid-configuration': ok(odd) } })],
];

/** What is said of a defect, and what comes out where an object was taken for a text. */
const misjudged = /a defect of ping14c|\[object Object\]/;

describe('what has another type than it should', () => {
  it.each(oddAnswers)('is told as the server’s mistake: %s', async (_name, evil) => {
    const machine = await evilMachine();
    for (const odd of oddValues) {
      machine.turn(evil(odd));
      const { stdout, stderr } = await machine.run('login', '--no-preflight', '--no-input');
      expect(stdout + stderr, JSON.stringify(odd)).not.toMatch(misjudged);
    }
  });

  it.each(memberOf('userinfo', ['sub', 'name', 'email', 'address']))(
    'is told or shown as it is: %s',
    async (_name, evil) => {
      const machine = await evilMachine();
      await machine.run('login');
      for (const odd of oddValues) {
        machine.turn(evil(odd));
        const { stdout, stderr } = await machine.run('whoami');
        expect(stdout + stderr, JSON.stringify(odd)).not.toMatch(misjudged);
      }
    },
  );

  it.each(['iss', 'aud', 'client_id', 'exp', 'iat', 'scope'])(
    'is shown as it is by token --decode: %s',
    async (name) => {
      for (const odd of oddValues) {
        const claims = Buffer.from(JSON.stringify({ [name]: odd })).toString('base64url');
        const jwt = `${Buffer.from('{"alg":"RS256","kid":{}}').toString('base64url')}.${claims}.AAAA`;
        const machine = await evilMachine({ token: (honest) => ({ ...honest, access_token: jwt }) });
        await machine.run('login');
        const { stdout, stderr } = await machine.run('token', '--decode');
        expect(stdout + stderr, JSON.stringify(odd)).not.toMatch(misjudged);
        expect(stdout).toContain(name);
      }
    },
  );
});

describe('JSON that is nested 20,000 deep', () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  const jwtOf = (claims: string) =>
    ['{"alg":"RS256"}', claims, ''].map((part) => Buffer.from(part).toString('base64url')).join('.');

  it.each(['/.well-known/openid-configuration', '/token', '/jwks'])('is not read from %s', async (path) => {
    const machine = await evilMachine({
      instead: { [path]: { status: 200, body: `{"access_token":"a","token_type":"Bearer","pad":${deep}}` } },
    });
    const { exitCode, stderr } = await machine.run('login');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('answered with JSON that is nested too deep');
  });

  it('is not taken as an ID token', async () => {
    const machine = await evilMachine({ sign: async () => jwtOf(`{"iss":${deep}}`) });
    const { exitCode, stderr } = await machine.run('login');
    expect(exitCode).toBe(1);
    expect(stderr).not.toMatch(misjudged);
  });

  it('is not shown as an access token', async () => {
    const machine = await evilMachine({ token: (honest) => ({ ...honest, access_token: jwtOf(`{"x":${deep}}`) }) });
    await machine.run('login');
    const { exitCode, stderr } = await machine.run('token', '--decode', '--debug');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('The token is not a JWT');
    expect(stderr).toContain('Its claims are nested too deep.');
  });
});
