import type { FailureKind } from '../errors.ts';
import { parsedJson } from '../json.ts';
import { askedWaitMs, tryAgain } from './retry-after.ts';

/** An answer without an error of PingOne's in it: what it is, in words that go on after "answered the … request". */
interface WrongAnswer {
  readonly kind: FailureKind;
  readonly what: string;
  readonly code: string;
  readonly hint: string;
}

/** Where the question went. */
interface Asked {
  readonly url: string;
  /** The flag that names the base of that address. */
  readonly baseFlag: '--auth-url' | '--api-url';
}

/**
 * Tells who may have answered in PingOne's place. The kinds are those that do not end a session: nothing is known of it.
 *
 * @param text of the body, where it has been read: some pages are not called so in the headers
 */
export function wrongAnswer({ status, headers }: Response, asked: Asked, text?: string): WrongAnswer {
  const notPingOne = `Check the region or ${asked.baseFlag}, and the environment ID: this does not look like PingOne.`;
  if (status === 429) {
    return {
      kind: 'failed',
      what: 'that there are too many requests (status 429)',
      code: 'too_many_requests',
      hint: tryAgain(askedWaitMs(headers)),
    };
  }
  // RFC 6585, section 6: the network's own answer, whatever server was asked.
  if (status === 511)
    return { kind: 'unreachable', what: 'with status 511: the network wants a sign-in of its own', ...portal };
  if (status >= 500) {
    return {
      kind: 'failed',
      what: `with status ${status}`,
      code: 'server_error',
      hint: tryAgain(askedWaitMs(headers)),
    };
  }
  // docs/pingone.md, section 8: the gateway answers so before any of PingOne's own servers is asked.
  if (headers.has('x-amzn-errortype')) {
    return {
      kind: 'failed',
      what: `with status ${status}, from its gateway: it does not know the path, or the method`,
      code: 'unexpected_status',
      hint: `This says nothing about your permissions. Check the region or ${asked.baseFlag}, and the environment ID.`,
    };
  }
  if (status >= 400 && isPage(headers, text)) {
    return {
      kind: 'failed',
      what: `with status ${status} and a web page, where PingOne answers in JSON`,
      code: 'unexpected_status',
      hint: `A firewall or a proxy seems to have answered: ask your network administrator, or check ${asked.baseFlag}.`,
    };
  }
  if (status >= 400)
    return { kind: 'failed', what: `with status ${status}`, code: 'unexpected_status', hint: notPingOne };
  if (status >= 300) return redirect(headers.get('location') ?? '', asked, notPingOne);
  return {
    kind: 'failed',
    what: `with status ${status} and ${contentOf(headers, text)}`,
    code: 'unexpected_answer',
    hint: `A proxy or a sign-in page of the network may have answered instead of PingOne; check ${asked.baseFlag} too.`,
  };
}

const portal = {
  code: 'captive_portal',
  hint: 'Open any page in a browser, sign in to the network there, and try again.',
} as const;

/** The target is told without its query, which may hold anything. */
function redirect(location: string, { url, baseFlag }: Asked, notPingOne: string): WrongAnswer {
  if (location === '' || !URL.canParse(location, url)) {
    return { kind: 'failed', what: 'with a redirect to nowhere', code: 'redirect_refused', hint: notPingOne };
  }
  const { origin, host, pathname } = new URL(location, url);
  const ofTheNetwork = `If that is a sign-in page of the network: ${portal.hint} Otherwise check the region or ${baseFlag}.`;
  return {
    kind: 'failed',
    what: `with a redirect to ${origin}${pathname}, which is not followed`,
    code: 'redirect_refused',
    hint: host === new URL(url).host ? notPingOne : ofTheNetwork,
  };
}

function contentOf(headers: Headers, text: string | undefined): string {
  if (text?.trim() === '') return 'nothing in it';
  if (isPage(headers, text)) return 'a web page';
  return parsedJson(text ?? '') === undefined ? 'something that is not JSON' : 'JSON that is no object';
}

function isPage(headers: Headers, text = ''): boolean {
  return /^text\/html\b/i.test(headers.get('content-type') ?? '') || /^\s*<(?:!doctype|html)/i.test(text);
}
