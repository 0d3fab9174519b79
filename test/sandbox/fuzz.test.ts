import { once } from 'node:events';
import { connect } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { plainRequest } from '../support/plain-request.ts';
import { fc, outsideText, outsideTextOfAnyLength } from '../support/properties.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts';
import { id } from '../support/sandbox-client.ts';
import {
  asked,
  authorizationCode,
  basicOf,
  flow,
  inTurn,
  pingoneAt,
  signIn,
  standingValues,
  type Values,
} from './facts/pingone.ts';
import { allRoutes } from './facts/routes.ts';

// Whoever develops against the sandbox sends it what is not finished yet: it refuses, and goes on.

describe('whatever is sent', () => {
  it('is answered without a failure of the sandbox, which then answers as before', async () => {
    const sandbox = await startTestSandbox();
    const live = await liveValues(sandbox);
    await fc.assert(
      fc.asyncProperty(requestOf(live), async (request) => {
        const answer = await answerTo(sandbox, request);
        const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
        // 501: PingOne has it, and the sandbox has not.
        expect(status < 500 || status === 501, `${status}\n${answer}`).toBe(true);
        const discovery = `${sandbox.issuer}/.well-known/openid-configuration`;
        expect((await plainRequest(sandbox.certificate.cert, discovery)).status).toBe(200);
      }),
      { numRuns: 250 },
    );
  }, 240_000);
});

interface RawRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

/** Everything that a client could hold: to be mixed up. */
async function liveValues(sandbox: TestSandbox): Promise<Values> {
  const client = { grant_type: 'client_credentials' };
  const worker = asked({ to: '{A}/token', form: client, headers: basicOf(id('03')) }, { workersToken: 'access_token' });
  const before = inTurn(signIn(), authorizationCode(), flow(), worker);
  const [policy] = sandbox.seed.passwordPolicies;
  return { ...(await before(pingoneAt(sandbox), standingValues(sandbox))), policy: policy?.id ?? '' };
}

/** Names that mean something somewhere: of parameters, and of members in bodies. */
const names = [
  ...['grant_type', 'client_id', 'client_secret', 'code', 'code_verifier', 'redirect_uri', 'refresh_token', 'scope'],
  ...['client_assertion', 'client_assertion_type', 'response_type', 'response_mode', 'state', 'nonce', 'prompt'],
  ...['max_age', 'acr_values', 'login_hint', 'code_challenge', 'code_challenge_method', 'request', 'request_uri'],
  ...['token', 'token_type_hint', 'device_code', 'user_code', 'id_token_hint', 'post_logout_redirect_uri'],
  ...['flowId', 'action', 'user', 'username', 'password', 'currentPassword', 'newPassword', 'repeatedPassword'],
  ...[
    'recoveryCode',
    'userCode',
    'accept',
    'value',
    'forceChange',
    'bypassPolicy',
    'email',
    'name',
    'address',
    'photo',
  ],
  ...['population', 'nickname', 'enabled', 'filter', 'limit', 'cursor', 'include', 'expand', 'order'],
  ...['__proto__', 'constructor', ''],
];
const meaningful = [
  ...['code', 'token', 'id_token', 'code token id_token', 'pi.flow'],
  ...['query', 'fragment', 'form_post', 'none', 'login', 'S256', 'plain', 'openid profile', 'p1:read:user', 'ada'],
  ...['urn:ietf:params:oauth:client-assertion-type:jwt-bearer', 'cancel', 'usernamePassword.check', 'password.reset'],
  ...['username eq "ada"', 'username sw "', 'not (email pr)', '-1', '0', '99999999999999999999', 'NaN', 'null'],
  ...['eyJhbGciOiJub25lIn0.e30.', 'a.b.c', 'toString', '__proto__', '\u0000', 'ada\u0000', 'Analytical-Engine-1843'],
];

function requestOf(live: Values): fc.Arbitrary<RawRequest> {
  const value = fc.oneof(
    fc.constantFrom(...Object.values(live), ...meaningful),
    outsideTextOfAnyLength,
    fc.constant('x'.repeat(100_000)),
  );
  const parameters = fc
    .array(fc.tuple(fc.oneof(fc.constantFrom(...names), outsideText), value), { maxLength: 12 })
    .map((pairs) => new URLSearchParams(pairs).toString());
  const json = fc.oneof(
    fc.dictionary(fc.constantFrom(...names), fc.oneof(value, fc.jsonValue(), fc.dictionary(outsideText, value))),
    fc.jsonValue(),
  );
  const jsonText = json.map((document) => JSON.stringify(document));
  /** Most of the time a public client names itself, and says what it wants. */
  const ofClient = fc
    .tuple(fc.constantFrom('', `client_id=${live['native']}&`), fc.option(fc.constantFrom(...grantTypes)), parameters)
    .map(
      ([client, grant, rest]) => `${client}${grant === null ? '' : `grant_type=${encodeURIComponent(grant)}&`}${rest}`,
    );
  const bytes = (text: string) => Buffer.from(text);
  const sound = (mediaTypes: readonly string[]) =>
    (mediaTypes.some((type) => type.includes('json')) ? jsonText : ofClient).map(bytes);
  const broken = fc.oneof(
    parameters.map(bytes),
    jsonText.map(bytes),
    // Cut off, in another encoding, with a byte order mark, deeper than a parser goes, larger than it is read.
    jsonText.map((text) => bytes(text.slice(0, text.length / 2))),
    jsonText.map((text) => Buffer.from(text, 'utf16le')),
    jsonText.map((text) => bytes(`\ufeff${text}`)),
    fc.constantFrom('['.repeat(50_000), '{"name":'.repeat(5_000), '').map(bytes),
    fc.constantFrom(70_000, 1_100_000).map((size) => Buffer.alloc(size, 'a=b&')),
    fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
  );
  const oddText = fc.oneof(
    outsideText,
    fc.constantFrom('..', '.', '', '%00', '%', '%2F', '%E0%A4%A', '__proto__', '*'),
  );
  /** As it stands in a request line, which neither spaces nor control characters can be in. */
  const inTarget = (text: string) => encodeURI(text.replace(/\p{Surrogate}/gu, '')).replaceAll('%25', '%');
  const odd = oddText.map(inTarget);
  const query = fc.oneof(mostly(parameters, fc.constant(authorizeParameters(live))), odd);
  return fc.constantFrom(...allRoutes).chain(({ method, path, mediaTypes, asks }) =>
    fc
      .record({
        method: mostly(fc.constant(method), fc.constantFrom(...methods)),
        variables: fc.dictionary(fc.constantFrom('userId', 'flowId', 'sessionId', 'policyId'), odd, {
          noNullPrototype: true,
        }),
        suffix: mostly(fc.constant(''), odd),
        query: mostly(fc.constant(''), query, method === 'GET' ? 1 : 4),
        type: mostly(
          fc.constantFrom(mediaTypes[0] ?? ''),
          fc.oneof(fc.constantFrom(...types), outsideText.map(headerText)),
        ),
        credentials: mostly(fc.constantFrom(...credentialsFor(asks, live)), headerOf(live)),
        others: fc.array(headerOf(live), { maxLength: 4 }),
        body: mostly(sound(mediaTypes), broken, 2),
      })
      .map(({ variables, suffix, query: asked, type, credentials, others, ...rest }) => {
        const base = path.replace(/\{(\w+)\}/, (_, name: string) => live[name] ?? '');
        const own: Values = {
          userId: live['ada'] ?? '',
          flowId: live['flow'] ?? '',
          sessionId: live['sid'] ?? '',
          policyId: live['policy'] ?? '',
          ...variables,
        };
        const filled = new URL(base).pathname.replace(/:(\w+)/g, (_, name: string) => own[name] ?? 'x');
        return {
          ...rest,
          target: `${filled}${suffix}${asked === '' ? '' : `?${asked}`}`.slice(0, 12_000),
          headers: [['content-type', type] as const, credentials, ...others],
        };
      }),
  );
}

/** The first, and now and then the other. */
function mostly<T>(usual: fc.Arbitrary<T>, seldom: fc.Arbitrary<T>, weight = 6): fc.Arbitrary<T> {
  return fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: seldom });
}

/** A sound request, to which others are added. */
function authorizeParameters({ native = '', callback = '', challenge = '' }: Values): string {
  const sound = {
    client_id: native,
    redirect_uri: callback,
    response_type: 'code',
    scope: 'openid',
    code_challenge: challenge,
  };
  return new URLSearchParams({ ...sound, code_challenge_method: 'S256' }).toString();
}

/** What a route is asked with by who may. */
function credentialsFor(asks: string, live: Values): readonly (readonly [string, string])[] {
  if (asks === 'cookie') return [['cookie', live['cookie'] ?? '']];
  if (asks === 'client')
    return [
      ['accept', '*/*'],
      ['authorization', basicOf(id('02')).authorization],
    ];
  if (!/token|worker/.test(asks)) return [['accept', 'application/json']];
  return [live['workersToken'], live['accessToken']].map((token) => ['authorization', `Bearer ${token}`]);
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND'];
const types = ['application/json', 'application/x-www-form-urlencoded', 'text/html; charset=x', ';;', ''];
const grantTypes = [
  ...['authorization_code', 'refresh_token', 'client_credentials', 'urn:ietf:params:oauth:grant-type:device_code'],
  'urn:ietf:params:oauth:grant-type:token-exchange',
];

function headerOf(live: Values): fc.Arbitrary<readonly [string, string]> {
  const text = outsideText.map(headerText);
  const bearer = fc.oneof(fc.constantFrom(live['accessToken'], live['idToken'], live['refreshToken'], 'a.b.c'), text);
  const basic = fc
    .oneof(outsideText, fc.constantFrom(':', 'a', '%zz:%'))
    .map((pair) => Buffer.from(pair).toString('base64'));
  return fc.oneof(
    bearer.map((token) => ['authorization', `Bearer ${token}`] as const),
    basic.map((pair) => ['authorization', `Basic ${pair}`] as const),
    fc.constantFrom('02', '03', '04').map((digits) => ['authorization', basicOf(id(digits)).authorization] as const),
    text.map((value) => ['authorization', value] as const),
    fc.constant(['cookie', live['cookie'] ?? ''] as const),
    text.map((value) => ['cookie', `ST=${value}; ST; =; ;`] as const),
    fc
      .oneof(text, fc.constantFrom('*/*', 'application/json', 'application/hal+json', 'text/html'))
      .map((value) => ['accept', value] as const),
    fc.oneof(text, fc.constantFrom('null', 'https://app.example')).map((value) => ['origin', value] as const),
    fc.constantFrom('GET', 'x').map((value) => ['access-control-request-method', value] as const),
    text.map((value) => ['access-control-request-headers', value] as const),
    text.map((value) => ['user-agent', value] as const),
    text.map((value) => ['x-ping-external-session-id', value] as const),
  );
}

/** A header's value cannot have these, and Node refuses what has. */
function headerText(text: string): string {
  return text.replace(/[\u0000-\u0008\u000a-\u001f\u007f]/g, '');
}

/** Sends bytes as they are, and gives all of the answer. */
async function answerTo(sandbox: TestSandbox, { method, target, headers, body }: RawRequest): Promise<string> {
  const { hostname, port, host } = new URL(sandbox.origin);
  const socket = connect({ host: hostname.replace(/[[\]]/g, ''), port: Number(port), ca: sandbox.certificate.cert });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  // The sandbox may answer and close before all is sent.
  socket.on('error', () => undefined);
  const ended = once(socket, 'close');
  const lines = [
    `${method} ${target} HTTP/1.1`,
    `host: ${host}`,
    'connection: close',
    `content-length: ${body.byteLength}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  socket.write(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'utf8'), body]));
  await ended;
  return Buffer.concat(chunks).toString('latin1');
}
