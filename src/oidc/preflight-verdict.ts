import { oauthError, type PingOneError } from '../pingone/errors.ts';

/** What an answer to the authorize request means for the browser that would send the same. */
export type PreflightVerdict =
  | { readonly kind: 'fine' }
  /** Nothing that is certain: the browser goes there all the same. */
  | { readonly kind: 'passedOver'; readonly reason: string }
  | { readonly kind: 'refused'; readonly fault: RequestFault; readonly error: PingOneError };

/** What is wrong: `client` is also an environment or a region that has no such client; `request` is any fault that the server names in an answer to the redirect URI. */
type RequestFault = PageFault | 'request';

/** What a server cannot redirect for, and writes on a page. */
type PageFault = 'redirectUri' | 'client';

export interface PreflightAnswer {
  readonly status: number;
  readonly location?: string | undefined;
  /** An error in one of PingOne's two JSON grammars. */
  readonly error?: PingOneError | undefined;
  /** The body, where it is not such an error. */
  readonly page: string;
  readonly correlationId?: string | undefined;
}

export interface PreflightQuestion {
  readonly redirectUri: string;
  readonly state: string;
  readonly issuer: string;
}

/**
 * Errors that the browser's own request would end in as well, whoever signs in (RFC 6749, section 4.1.2.1). Others depend
 * on the person or the moment, such as `login_required`: the preflight is nobody.
 */
const certain: readonly string[] = [
  'invalid_request',
  'invalid_scope',
  'unauthorized_client',
  'unsupported_response_type',
  'invalid_target',
  'request_not_supported',
];

/** PingOne's words for what it does not have (docs/pingone.md, section 3). Shortened, they would be those of many a web server. */
const notFoundWords = /\bNOT_FOUND\b|\bThe request could not be completed\. The requested resource was not found\b/;

/** Whether a refusal, in JSON or on a page, says that there is nothing of that name here. */
export function saysNotFound(body: string): boolean {
  return notFoundWords.test(visibleText(body));
}

/** What servers write on a page where they cannot redirect: PingOne's words, then those of RFC 6749's codes. */
const faultWords: readonly (readonly [PageFault, RegExp])[] = [
  ['redirectUri', /redirect[ _-]?uri mismatch|\binvalid_redirect_uri\b/i],
  [
    'client',
    /\b(?:the )?(?:application|client) is (?:unknown or disabled|unknown|disabled|not enabled)\b|\bunknown (?:application|client)\b/i,
  ],
  ['client', /\binvalid_client\b|\bunauthorized_client\b/i],
  ['client', notFoundWords],
];

/** Only what is recognised for certain counts as refused: a sign-in that would have worked must not end here. */
export function judgeAnswer(answer: PreflightAnswer, question: PreflightQuestion): PreflightVerdict {
  const { status, location } = answer;
  if (status >= 300 && status < 400) {
    return location === undefined ? passedOver('a redirect to nowhere') : judgeRedirect(location, question);
  }
  if (status < 400 || status >= 500) return passedOver(`status ${status}`);
  const text = answer.error ? `${answer.error.code} ${answer.error.message}` : visibleText(answer.page);
  for (const [fault, pattern] of faultWords) {
    const [words] = pattern.exec(text) ?? [];
    if (words === undefined) continue;
    const { correlationId } = answer.error ?? answer;
    const message = answer.error?.message || words;
    return { kind: 'refused', fault, error: { code: faultCodes[fault], message, correlationId, details: [] } };
  }
  return passedOver(`status ${status}, for a reason that is not understood`);
}

const faultCodes: Readonly<Record<PageFault, string>> = {
  redirectUri: 'redirect_uri_mismatch',
  client: 'unknown_client',
};

/** To the redirect URI comes an answer, which must be ours; anywhere else a person is asked to sign on. */
function judgeRedirect(location: string, { redirectUri, state, issuer }: PreflightQuestion): PreflightVerdict {
  if (!URL.canParse(location, issuer)) return passedOver('a redirect to nowhere');
  const target = new URL(location, issuer);
  const back = new URL(redirectUri);
  if (target.origin !== back.origin || target.pathname !== back.pathname) return { kind: 'fine' };
  const parameters = new URLSearchParams(target.hash ? target.hash.slice(1) : target.search);
  const code = parameters.get('error');
  // A code or a token is not looked at: nobody can redeem the code, its verifier was thrown away.
  if (code === null) return { kind: 'fine' };
  const from = parameters.get('iss') ?? issuer;
  if (parameters.get('state') !== state || from !== issuer) return passedOver('an answer that is not ours');
  if (!certain.includes(code)) return passedOver(`an answer that depends on who asks (${code})`);
  const error = oauthError(code, parameters.get('error_description') ?? undefined);
  return { kind: 'refused', fault: 'request', error };
}

function passedOver(reason: string): PreflightVerdict {
  return { kind: 'passedOver', reason };
}

/** What a person would read on the page, roughly: programs and styles hold words for every occasion. */
function visibleText(html: string): string {
  return html
    .replace(/<(script|style|template|noscript)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, ' ')
    .replace(/<!--[\s\S]*?(?:-->|$)/g, ' ')
    .replace(/<[^<>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}
