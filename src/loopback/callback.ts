import type { IncomingHttpHeaders } from 'node:http';

/**
 * How the authorization server sends its answer (OAuth 2.0 Multiple Response Type Encoding Practices). After a sign-off
 * the browser brings the state and nothing else (OpenID Connect RP-Initiated Logout, section 3).
 */
export type ResponseMode = 'query' | 'fragment' | 'form_post' | 'signoff';

export interface Expectation {
  /** The redirect URI with the port in use. */
  readonly redirectUri: URL;
  readonly state: string;
  readonly responseMode: ResponseMode;
}

/** Why a request is not the callback, and the status it is answered with (docs/security.md, rule 11). */
export const refusalStatus = {
  'another path': 404,
  'another host': 421,
  'another method': 405,
  prefetch: 403,
  'no state': 400,
  'another state': 403,
  'a repeated parameter': 400,
  'no answer in it': 400,
  'sent by another site': 403,
  'not a form': 415,
  'too large': 413,
  'already used': 409,
} as const;

export type Refusal = keyof typeof refusalStatus;

export type Verdict =
  | { readonly kind: 'callback'; readonly url: URL }
  /** Its body decides: see `judgeForm`. */
  | { readonly kind: 'form' }
  /** What was sent back may be in the fragment, which only the browser sees. */
  | { readonly kind: 'relay' }
  | { readonly kind: 'refused'; readonly reason: Refusal };

interface RequestHead {
  readonly method: string;
  /** Path and query, as they stand in the request line. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
}

/** Whether this request can end the sign-in. The head alone decides, except for a form. */
export function judgeRequest({ method, target, headers }: RequestHead, expected: Expectation): Verdict {
  const { redirectUri, responseMode } = expected;
  // The target is not parsed as a URL: `//host/callback` and absolute targets would bring a host of their own.
  const [path, ...query] = target.split('?');
  if (path !== redirectUri.pathname) return refused('another path');
  // A page elsewhere whose name resolves to loopback sends its own name here (DNS rebinding).
  if (headers.host?.toLowerCase() !== redirectUri.host) return refused('another host');
  if (isPrefetch(headers)) return refused('prefetch');
  if (method === 'POST' && (responseMode === 'fragment' || responseMode === 'form_post'))
    return judgePost(headers, responseMode);
  if (method !== 'GET') return refused('another method');
  const parameters = new URLSearchParams(query.join('?'));
  if (responseMode === 'fragment' && !parameters.has('state')) return { kind: 'relay' };
  const url = new URL(redirectUri);
  url.search = query.join('?');
  return judgeParameters(parameters, expected, url, responseMode === 'signoff' ? ['state'] : ['code', 'error']);
}

/** A posted answer becomes the fragment of a URL that is never sent anywhere: where implicit answers are looked for. */
export function judgeForm(body: string, expected: Expectation): Verdict {
  const url = new URL(expected.redirectUri);
  url.hash = body;
  return judgeParameters(new URLSearchParams(body), expected, url, answers);
}

/**
 * A redirect URL that the person copied from the browser's address bar, or its query or fragment alone. Its port may be
 * any: the browser was on another machine, or the redirect went to a listener that is gone.
 */
export function judgePasted(text: string, expected: Expectation): Verdict {
  const { redirectUri } = expected;
  const bare = /^[?#]?([^\s/?#]+=[^\s?#]*)$/.exec(text)?.[1];
  if (bare !== undefined) return judgePasted(`${redirectUri.href}${text.startsWith('#') ? '#' : '?'}${bare}`, expected);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.hostname !== redirectUri.hostname || url.protocol !== redirectUri.protocol) {
    return refused('another host');
  }
  if (url.pathname !== redirectUri.pathname) return refused('another path');
  const inFragment = url.search === '' && url.hash !== '';
  const parameters = inFragment ? new URLSearchParams(url.hash.slice(1)) : url.searchParams;
  url.port = redirectUri.port;
  return judgeParameters(parameters, expected, url, inFragment ? answers : ['code', 'error']);
}

const answers = ['code', 'error', 'id_token', 'access_token'];

function judgeParameters(
  parameters: URLSearchParams,
  expected: Expectation,
  url: URL,
  oneOf: readonly string[],
): Verdict {
  const names = [...parameters.keys()];
  // RFC 6749, section 3.1: parameters must not be included more than once.
  if (new Set(names).size < names.length) return refused('a repeated parameter');
  const state = parameters.get('state');
  if (!state) return refused('no state');
  if (state !== expected.state) return refused('another state');
  if (!oneOf.some((name) => parameters.get(name))) return refused('no answer in it');
  return { kind: 'callback', url };
}

function judgePost(headers: IncomingHttpHeaders, responseMode: ResponseMode): Verdict {
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(headers['content-type'] ?? '')) return refused('not a form');
  // A relayed fragment comes from our own page, form_post from the authorization server's (docs/pingone.md, section 11).
  const site = headers['sec-fetch-site'];
  if (responseMode === 'fragment' && site !== undefined && site !== 'same-origin')
    return refused('sent by another site');
  return { kind: 'form' };
}

/** The browser may load an address before anybody goes there; the code is kept for the real visit. */
function isPrefetch(headers: IncomingHttpHeaders): boolean {
  return ['sec-purpose', 'purpose', 'x-moz'].some((name) => /prefetch|prerender/i.test(String(headers[name] ?? '')));
}

function refused(reason: Refusal): Verdict {
  return { kind: 'refused', reason };
}
