import { SignJWT, UnsecuredJWT } from 'jose';
import { applicationNamed, invalid, seedWith, seedWithNative } from '../../support/sandbox-client.ts';
import type { Fact, FactRequest } from './fact.ts';
import { asked, basicOf, inTurn, later, type Preparation, signedOn } from './pingone.ts';
import { called, membersInOrder, uuid } from './shape.ts';

// docs/pingone.md, sections 1 to 3, 9: the authorize endpoint, pushed requests, and who may call from another origin.

/** A sound authorize request of the native client, with changes; `undefined` leaves a parameter out. */
const soundParameters: Readonly<Record<string, string | undefined>> = {
  response_type: 'code',
  client_id: '{native}',
  redirect_uri: '{callback}',
  scope: 'openid profile',
  state: 'the-state',
  nonce: 'the-nonce',
  code_challenge: '{challenge}',
  code_challenge_method: 'S256',
};

function authorize(
  changes: Readonly<Record<string, string | undefined>> = {},
  rest: Partial<FactRequest> = {},
): FactRequest {
  return { to: `{A}/authorize?${query({ ...soundParameters, ...changes })}`, ...rest };
}

function query(parameters: Readonly<Record<string, string | undefined>>): string {
  const encoded = (text: string) => encodeURIComponent(text).replace(/%7B(\w+)%7D/g, '{$1}');
  return Object.entries(parameters)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encoded(value)}`]))
    .join('&');
}

/** How a refused request comes back. */
const refusedWith = (error: string, description: RegExp) => ({
  status: 302,
  location: { to: '{callback}', parameters: { error, error_description: description, state: 'the-state' } },
});
const toSignOn = { status: 302, location: { to: '{E}/signon/', parameters: { flowId: uuid } } };
const correlated = (text: string) =>
  new RegExp(`${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')} \\(Correlation ID: [\\da-f-]{36}\\)$`);

const web = 'c0000000-0000-4000-8000-000000000002';
const par = (changes: Readonly<Record<string, string | undefined>> = {}): FactRequest => ({
  to: '{A}/par',
  form: { ...soundParameters, client_id: '{native}', ...changes },
});
const pushed = asked(par(), { requestUri: 'request_uri' });
const byPushed = { to: '{A}/authorize?client_id={native}&request_uri={requestUri}' };
/** As browsers do: the page is told by its origin. */
const page = 'https://app.example';
const fromPage = { origin: page };
const preflight = (method: string, headers = 'authorization') => ({
  method: 'OPTIONS',
  headers: { ...fromPage, 'access-control-request-method': method, 'access-control-request-headers': headers },
});

const listed = { corsSettings: { behavior: 'ALLOW_SPECIFIC_ORIGINS', origins: [page] } } as const;
/** In the request object; what is missing comes from the query. */
const inObject = { scope: 'openid email', state: 'signed' };
const asObject = (rest: Readonly<Record<string, string>> = {}) =>
  authorize({ client_id: '{web}', request: '{object}', state: undefined, ...rest });

/** What a web client says in a JWT: `{object}`. */
const requestObject: Preparation = async () => ({
  object: await new SignJWT(inObject)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(web)
    .sign(new TextEncoder().encode(applicationNamed(web).clientSecret)),
});
const unsignedObject: Preparation = () => ({ object: new UnsecuredJWT(inObject).setIssuer(web).encode() });

export const authorizeFacts: readonly Fact[] = [
  {
    section: '2',
    certainty: 'C',
    says: 'The parameters may be in a JWT that the client signs, `request`',
    before: requestObject,
    request: asObject(),
    expect: toSignOn,
  },
  {
    section: '2',
    certainty: 'C',
    says: '`requireSignedRequestObject` of the application refuses a request without one',
    seed: seedWith(web, { requireSignedRequestObject: true }),
    request: authorize({ client_id: '{web}' }),
    expect: { status: 400, headers: { location: undefined } },
  },
  {
    section: '2',
    certainty: 'C3',
    says: 'That refusal is told in the platform’s grammar: `The "request" must be supplied when requireSignedRequestObject is on.`',
    seed: seedWith(web, { requireSignedRequestObject: true }),
    request: authorize({ client_id: '{web}' }),
    expect: {
      status: 400,
      body: {
        code: 'INVALID_DATA',
        details: [
          {
            code: 'INVALID_VALUE',
            target: 'request',
            message: 'The "request" must be supplied when requireSignedRequestObject is on.',
          },
        ],
      },
    },
  },
  {
    section: '2',
    certainty: 'C',
    says: '`supportUnsignedRequestObject` of the application takes an unsigned one',
    seed: seedWith(web, { supportUnsignedRequestObject: true }),
    before: unsignedObject,
    request: asObject(),
    expect: toSignOn,
  },
  {
    section: '2',
    certainty: 'I',
    says: 'A request object pushed to `/par` is read as at `/authorize`',
    before: requestObject,
    request: {
      to: '{A}/par',
      form: { request: '{object}', ...soundParameters, client_id: '{web}', state: undefined },
      headers: basicOf(web),
    },
    expect: { status: 201 },
  },
  {
    section: '2',
    certainty: 'C',
    says: 'An origin in `corsSettings` of the application may read `/as/authorize`',
    seed: seedWithNative(listed),
    request: authorize({ response_mode: 'pi.flow' }, { headers: fromPage }),
    expect: {
      status: 200,
      headers: { 'access-control-allow-origin': page, 'access-control-allow-credentials': 'true' },
    },
  },
  {
    section: '2',
    certainty: 'C',
    says: 'An origin that is not in `corsSettings` may not',
    seed: seedWithNative({ corsSettings: { ...listed.corsSettings, origins: ['https://other.example'] } }),
    request: authorize({ response_mode: 'pi.flow' }, { headers: fromPage }),
    expect: { status: 200, headers: { 'access-control-allow-origin': undefined } },
  },
  {
    section: '1',
    certainty: 'C3',
    says: 'The sign-on pages are at `/{environment}/signon/?flowId={uuid}`',
    request: authorize(),
    expect: toSignOn,
  },
  {
    section: '2',
    certainty: 'C',
    says: 'A pushed request gets a URI of the form `urn:ietf:params:oauth:request_uri:…`, which lasts 60 seconds',
    request: par(),
    expect: { status: 201, body: { request_uri: /^urn:ietf:params:oauth:request_uri:./, expires_in: 60 } },
  },
  {
    section: '2',
    certainty: 'C',
    says: 'A pushed request is used in the place of parameters',
    before: pushed,
    request: byPushed,
    expect: toSignOn,
  },
  {
    section: '2',
    certainty: 'C',
    says: 'A pushed request is used once',
    before: inTurn(pushed, asked(byPushed)),
    request: byPushed,
    expect: { status: 400 },
  },
  {
    section: '2',
    certainty: 'C',
    says: 'A pushed request is forgotten after 60 seconds',
    before: inTurn(pushed, later(60)),
    request: byPushed,
    expect: { status: 400 },
  },
  {
    section: '2',
    certainty: 'C',
    says: '`parTimeout` of the application sets how long a pushed request lasts',
    seed: seedWithNative({ parTimeout: 600 }),
    request: par(),
    expect: { status: 201, body: { expires_in: 600 } },
  },
  {
    section: '2',
    certainty: 'C',
    says: 'A pushed request may be long: its limit is 1 MB',
    request: par({ login_hint: 'x'.repeat(200_000) }),
    expect: { status: 201 },
  },
  {
    section: '2',
    certainty: 'C',
    says: 'An application with `parRequirement` REQUIRED is refused without a pushed request',
    seed: seedWithNative({ parRequirement: 'REQUIRED' }),
    request: authorize(),
    expect: refusedWith('invalid_request', /./),
  },
  {
    section: '2',
    certainty: 'C3',
    says: '`/as/bc-authorize` is no route',
    request: { to: '{A}/bc-authorize', form: { client_id: '{native}' } },
    expect: {
      status: 403,
      headers: { 'x-amzn-errortype': String, 'correlation-id': undefined },
      body: { message: String, code: undefined },
    },
  },
  {
    section: '2',
    certainty: 'C',
    says: 'CIBA has its own endpoint, `/as/cibaAuthorization` (the sandbox says 501 there)',
    request: { to: '{A}/cibaAuthorization', form: { client_id: '{native}' } },
    expect: { status: 501, body: { id: uuid, code: String, message: String } },
  },
  {
    section: '2',
    certainty: 'C3',
    says: 'A token exchange that the application is not enabled for is `unauthorized_client`',
    request: {
      to: '{A}/token',
      form: {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: 'x',
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      },
      headers: basicOf(web),
    },
    expect: { status: 400, body: { error: 'unauthorized_client' } },
  },
  ...(['.well-known/openid-configuration', 'jwks'] as const).map(
    (path): Fact => ({
      section: '2',
      certainty: 'C',
      says: `Pages of any origin may read \`/as/${path}\`, and \`Correlation-Id\` of its headers`,
      request: { to: `{A}/${path}`, headers: fromPage },
      expect: {
        status: 200,
        headers: {
          'access-control-allow-origin': /^(\*|https:\/\/app\.example)$/,
          'access-control-expose-headers': 'Correlation-Id',
        },
      },
    }),
  ),
  ...(['token', 'par', 'introspect', 'device_authorization'] as const).map(
    (path): Fact => ({
      section: '2',
      certainty: 'C',
      says: `Pages of any origin may call \`/as/${path}\``,
      request: { to: `{A}/${path}`, ...preflight('POST') },
      expect: {
        status: 204,
        headers: {
          'access-control-allow-origin': /^(\*|https:\/\/app\.example)$/,
          'access-control-allow-methods': /POST/,
        },
      },
    }),
  ),
  {
    section: '2',
    certainty: 'C',
    says: 'Pages of any origin may call the management API',
    request: { to: '{P}/users/{ada}', ...preflight('GET') },
    expect: { status: 204, headers: { 'access-control-allow-origin': /^(\*|https:\/\/app\.example)$/ } },
  },
  {
    section: '2',
    certainty: 'C',
    says: 'Pages of other origins may send `Authorization`, `Content-Type` and the others that are documented',
    request: { to: '{P}/users/{ada}', ...preflight('PUT', 'authorization,content-type') },
    expect: { status: 204, headers: { 'access-control-allow-headers': /authorization\b.*\bcontent-type/i } },
  },
  {
    section: '2',
    certainty: 'C',
    says: 'Pages of other origins may send no other headers',
    request: { to: '{P}/users/{ada}', ...preflight('GET', 'traceparent') },
    expect: {
      status: 204,
      headers: {
        'access-control-allow-headers': called('a list without it', (names) => !/traceparent|\*/.test(String(names))),
      },
    },
  },
  {
    section: '2',
    certainty: 'JSDK',
    says: 'Pages of other origins may send `x-requested-with` and `x-requested-platform`, as Ping’s package does',
    request: { to: '{A}/par', ...preflight('POST', 'x-requested-with,x-requested-platform') },
    expect: { status: 204, headers: { 'access-control-allow-headers': /x-requested-with\b.*\bx-requested-platform/i } },
  },
  ...(['authorize', 'resume', 'signoff'] as const).map(
    (path): Fact => ({
      section: '2',
      certainty: 'C',
      says: `Pages of other origins may not read \`/as/${path}\`, which a cookie opens`,
      request: { to: `{A}/${path}`, headers: fromPage },
      expect: { status: path === 'signoff' ? 200 : 400, headers: { 'access-control-allow-origin': undefined } },
    }),
  ),
  {
    section: '3',
    certainty: 'C',
    says: '`/as/authorize` takes GET',
    request: authorize(),
    expect: toSignOn,
  },
  {
    section: '3',
    certainty: 'C',
    says: '`/as/authorize` takes POST with the parameters as a form',
    request: { to: '{A}/authorize', form: soundParameters },
    expect: toSignOn,
  },
  {
    section: '3',
    certainty: 'JSDK',
    says: '`/as/authorize` by POST reads parameters in the query too',
    request: authorize({}, { method: 'POST' }),
    expect: toSignOn,
  },
  {
    section: '3',
    certainty: 'C',
    says: 'All documented parameters are taken',
    request: authorize({
      prompt: 'login',
      max_age: '60',
      acr_values: 'Single_Factor',
      login_hint: 'ada',
      response_mode: 'query',
      mobilePayload: 'x',
    }),
    expect: toSignOn,
  },
  {
    section: '3',
    certainty: 'C',
    says: 'An application with S256_REQUIRED is refused without `code_challenge_method`',
    request: authorize({ code_challenge_method: undefined }),
    expect: refusedWith('invalid_request', /./),
  },
  {
    section: '3',
    certainty: 'C',
    says: 'Where PKCE is optional a challenge may come without its method',
    request: authorize({ client_id: '{web}', code_challenge_method: undefined }),
    expect: toSignOn,
  },
  {
    section: '3',
    certainty: 'C',
    says: '`prompt=consent` asks for no consent where a code is asked for',
    before: signedOn(),
    request: authorize({ prompt: 'consent' }, { headers: { cookie: '{cookie}' } }),
    expect: { status: 302, location: { to: '{A}/resume', parameters: { flowId: uuid } } },
  },
  {
    section: '3',
    certainty: 'C',
    says: '`prompt=login` asks who is signed on already to sign on again',
    before: signedOn(),
    request: authorize({ prompt: 'login' }, { headers: { cookie: '{cookie}' } }),
    expect: toSignOn,
  },
  {
    section: '3',
    certainty: 'C',
    says: 'The session cookie is `ST`, for the path of the environment, Secure and HttpOnly',
    request: authorize(),
    expect: {
      status: 302,
      headers: { 'set-cookie': [/^ST=[^;]+;(?=.* Path=\/{environment}(;|$))(?=.* Secure(;|$))(?=.* HttpOnly(;|$))/] },
    },
  },
  {
    section: '3',
    certainty: 'C',
    says: 'Who is signed on already goes on at `/as/resume`',
    before: signedOn(),
    request: authorize({}, { headers: { cookie: '{cookie}' } }),
    expect: { status: 302, location: { to: '{A}/resume', parameters: { flowId: uuid } } },
  },
  {
    section: '3',
    certainty: 'C',
    says: 'From `/as/resume` the browser goes to the application, with `code`, a UUID, and `state`',
    before: signedOn('ada', { response_mode: undefined, redirect_uri: 'https://127.0.0.1:9/callback' }),
    request: { to: '{A}/resume?flowId={flow}', headers: { cookie: '{cookie}' } },
    expect: {
      status: 302,
      location: { to: 'https://127.0.0.1:9/callback', parameters: { code: uuid, state: 'the-state' } },
    },
  },
  {
    section: '3',
    certainty: 'C',
    says: '`response_mode=pi.flow` answers with the flow in JSON',
    request: authorize({ response_mode: 'pi.flow' }),
    expect: {
      status: 200,
      headers: { 'content-type': /json/ },
      body: { id: uuid, status: 'USERNAME_PASSWORD_REQUIRED' },
    },
  },
  {
    section: '3',
    certainty: 'C',
    says: 'That flow also has its environment, and `_links.signOnPage`, the page on the third host',
    request: authorize({ response_mode: 'pi.flow' }),
    expect: {
      status: 200,
      body: { environment: { id: '{environment}' }, _links: { signOnPage: { href: /\/signon\/\?flowId=[\da-f-]+$/ } } },
    },
  },
  {
    section: '3',
    certainty: 'C',
    says: 'Its members are in the recorded order, and there are no others',
    request: authorize({ response_mode: 'pi.flow' }),
    expect: {
      status: 200,
      body: membersInOrder(
        ...['_links', '_embedded', 'id', 'environment', 'session', 'resumeUrl', 'status', 'createdAt', 'expiresAt'],
      ),
    },
  },
  {
    section: '3',
    certainty: 'C',
    says: '`response_mode=pi.flow` answers at once where the session suffices: `session`, `authorizeResponse`, `environment`, COMPLETED',
    before: signedOn(),
    request: authorize({ response_mode: 'pi.flow' }, { headers: { cookie: '{cookie}' } }),
    expect: {
      status: 200,
      body: {
        session: { id: uuid },
        authorizeResponse: { code: uuid, state: 'the-state' },
        environment: { id: uuid },
        status: 'COMPLETED',
      },
    },
  },
  {
    section: '3',
    certainty: 'C',
    says: '`response_mode=pi.flow` answers at once with these four, in the recorded order, and nothing else',
    before: signedOn(),
    request: authorize({ response_mode: 'pi.flow' }, { headers: { cookie: '{cookie}' } }),
    expect: { status: 200, body: membersInOrder('session', 'authorizeResponse', 'environment', 'status') },
  },
  {
    section: '3',
    certainty: 'C',
    says: '`response_mode=pi.flow` and `prompt=none` without a session: detail LOGIN_REQUIRED, `User authentication is required`',
    request: authorize({ response_mode: 'pi.flow', prompt: 'none' }),
    expect: {
      status: 400,
      body: { id: uuid, details: [{ code: 'LOGIN_REQUIRED', message: /User authentication is required/ }] },
    },
  },
  {
    section: '3',
    certainty: 'C',
    says: '`response_mode=pi.flow` needs no `redirect_uri`',
    request: authorize({ response_mode: 'pi.flow', redirect_uri: undefined }),
    expect: { status: 200, body: { status: 'USERNAME_PASSWORD_REQUIRED' } },
  },
  {
    section: '3',
    certainty: 'C',
    says: 'Scopes of two resources are refused: `May not request scopes for multiple resources`, with the correlation ID',
    request: authorize({ scope: 'openid p1:read:user orders:read' }),
    expect: refusedWith('invalid_scope', correlated(`${invalid}May not request scopes for multiple resources`)),
  },
  {
    section: '3',
    certainty: 'C',
    says: '`openid` and scopes of the PingOne API are one request',
    request: authorize({ scope: 'openid p1:read:userPassword p1:reset:userPassword' }),
    expect: toSignOn,
  },
  {
    section: '3',
    certainty: 'C3',
    says: 'A response type that the application has not: `unsupported_response_type`, `Request failed: Unsupported response type: token`',
    request: authorize({ response_type: 'token', response_mode: 'query' }),
    expect: refusedWith('unsupported_response_type', correlated('Request failed: Unsupported response type: token')),
  },
  {
    section: '3',
    certainty: 'C',
    says: 'A redirect URI that is not registered is not gone to; the page says `Redirect URI mismatch`',
    request: authorize({ redirect_uri: 'https://example.com/other' }, { headers: { accept: 'text/html' } }),
    expect: { status: 400, headers: { location: undefined, 'content-type': /html/ }, text: /Redirect URI mismatch/ },
  },
  {
    section: '3',
    certainty: 'C',
    says: 'The page of a mismatch says `The request could not be completed. One or more validation errors were in the request.`',
    request: authorize({ redirect_uri: 'https://example.com/other' }, { headers: { accept: 'text/html' } }),
    expect: {
      status: 400,
      text: /The request could not be completed\. One or more validation errors were in the request\./,
    },
  },
  {
    section: '3',
    certainty: 'C3',
    says: 'An unknown client is not redirected: platform object, `NOT_FOUND`, its words',
    request: authorize({ client_id: 'c0000000-0000-4000-8000-0000000000ff' }),
    expect: {
      status: 404,
      headers: { location: undefined },
      body: {
        id: uuid,
        code: 'NOT_FOUND',
        message: 'The request could not be completed. The requested resource was not found.',
      },
    },
  },
  {
    section: '3',
    certainty: 'C3',
    says: 'An unknown environment likewise: `NOT_FOUND`',
    request: { to: '{origin}/e0000000-0000-4000-8000-0000000000ff/as/authorize?client_id={native}' },
    expect: {
      status: 404,
      headers: { location: undefined },
      body: {
        id: uuid,
        code: 'NOT_FOUND',
        message: 'The request could not be completed. The requested resource was not found.',
      },
    },
  },
  {
    section: '3',
    certainty: 'C3',
    says: '`acr_values` that name no policy of the application: `invalid_request`, `Invalid sign-on policy provided in acr_values parameter`',
    request: authorize({ acr_values: 'No_Such_Policy' }),
    expect: refusedWith('invalid_request', correlated('Invalid sign-on policy provided in acr_values parameter')),
  },
  {
    section: '3',
    certainty: 'JSDK',
    says: '`prompt=none` where nobody is signed on: the description has `User authentication is required`',
    request: authorize({ prompt: 'none' }),
    expect: refusedWith('login_required', correlated('User authentication is required')),
  },
  ...(
    [
      ['userinfo', 'GET', 401],
      ['revoke', 'POST', 200],
      ['idpSignoff', 'GET', 400],
    ] as const
  ).map(
    ([path, method, status]): Fact => ({
      section: '3',
      certainty: 'JSDK',
      says: `\`/as/${path}\` is called from other origins with cookies: the origin is echoed, credentials are allowed`,
      request: {
        to: `{A}/${path}`,
        method,
        headers: fromPage,
        ...(method === 'POST' ? { form: { token: 'x', client_id: '{native}' } } : {}),
      },
      expect: {
        status,
        headers: {
          'access-control-allow-origin': page,
          'access-control-allow-credentials': 'true',
          vary: /\bOrigin\b/i,
        },
      },
    }),
  ),
  {
    section: '9',
    certainty: 'C',
    says: 'A loopback redirect URI matches on any port',
    seed: seedWithNative({ redirectUris: ['http://127.0.0.1/cb'] }),
    request: authorize({ redirect_uri: 'http://127.0.0.1:51234/cb' }),
    expect: toSignOn,
  },
  {
    section: '9',
    certainty: 'C',
    says: 'A loopback redirect URI matches without a port as well',
    seed: seedWithNative({ redirectUris: ['http://127.0.0.1/cb'] }),
    request: authorize({ redirect_uri: 'http://127.0.0.1/cb' }),
    expect: toSignOn,
  },
  ...(['http://127.0.0.1/other', 'http://localhost/cb', 'https://127.0.0.1/cb'] as const).map(
    (uri): Fact => ({
      section: '9',
      certainty: 'C',
      says: `Registered \`http://127.0.0.1/cb\` does not match \`${uri}\``,
      seed: seedWithNative({ redirectUris: ['http://127.0.0.1/cb'] }),
      request: authorize({ redirect_uri: uri }, { headers: { accept: 'text/html' } }),
      expect: { status: 400, text: /Redirect URI mismatch/ },
    }),
  ),
  {
    section: '9',
    certainty: 'C',
    says: 'Any other redirect URI matches to the letter, its port too',
    seed: seedWithNative({ redirectUris: ['https://example.com/cb'] }),
    request: authorize({ redirect_uri: 'https://example.com:8443/cb' }, { headers: { accept: 'text/html' } }),
    expect: { status: 400, text: /Redirect URI mismatch/ },
  },
  {
    section: '9',
    certainty: 'C',
    says: 'A `*` in a redirect URI stands for nothing else, unless the application allows that',
    seed: seedWithNative({ redirectUris: ['https://example.com/*'] }),
    request: authorize({ redirect_uri: 'https://example.com/cb' }, { headers: { accept: 'text/html' } }),
    expect: { status: 400, text: /Redirect URI mismatch/ },
  },
  {
    section: '9',
    certainty: 'C',
    says: '`allowWildcardInRedirectUris` lets a `*` in the path stand for anything',
    seed: seedWithNative({ redirectUris: ['https://example.com/*'], allowWildcardInRedirectUris: true }),
    request: authorize({ redirect_uri: 'https://example.com/cb' }),
    expect: toSignOn,
  },
  {
    section: '9',
    certainty: 'C',
    says: '`allowWildcardInRedirectUris` lets no `*` in the host stand for anything',
    seed: seedWithNative({ redirectUris: ['https://*.example.com/cb'], allowWildcardInRedirectUris: true }),
    request: authorize({ redirect_uri: 'https://www.example.com/cb' }, { headers: { accept: 'text/html' } }),
    expect: { status: 400, text: /Redirect URI mismatch/ },
  },
  {
    section: '3',
    certainty: 'C',
    says: '`opSessionCheckEnabled` adds `session_state` to the response',
    seed: seedWithNative({ opSessionCheckEnabled: true }),
    before: signedOn('ada', { response_mode: undefined, redirect_uri: 'https://127.0.0.1:9/callback' }),
    request: { to: '{A}/resume?flowId={flow}', headers: { cookie: '{cookie}' } },
    expect: {
      status: 302,
      location: { to: 'https://127.0.0.1:9/callback', parameters: { code: uuid, session_state: String } },
    },
  },
  {
    section: '9',
    certainty: 'C',
    says: 'A custom scheme may be a redirect URI',
    seed: seedWithNative({ redirectUris: ['com.example.app://callback'] }),
    request: authorize({ redirect_uri: 'com.example.app://callback' }),
    expect: toSignOn,
  },
  {
    section: '9',
    certainty: 'C',
    says: 'A client ID need not be a UUID',
    seed: seedWith(web, { clientId: 'imported-client' }),
    request: authorize({ client_id: 'imported-client' }),
    expect: toSignOn,
  },
];
