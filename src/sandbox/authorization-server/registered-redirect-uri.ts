import type { Application } from '../seed/applications.ts';

/** Whether the application may be answered at this address. */
export function isRegistered({ redirectUris, allowWildcardInRedirectUris }: Application, given: string): boolean {
  if (redirectUriMatches(redirectUris, given)) return true;
  return allowWildcardInRedirectUris && redirectUris.some((uri) => wildcardMatches(uri, given));
}

/**
 * Whether a redirect URI is one that a registered one stands for by its `*`, which is one at most, and in the path or the query
 * alone (docs/pingone.md, section 9). The host is therefore compared to the letter, its port too.
 */
export function wildcardMatches(registered: string, given: string): boolean {
  const [, start, end] = wildcard.exec(registered) ?? [];
  // Only what can stand in a header; without a fragment (RFC 6749, section 3.1.2).
  if (start === undefined || end === undefined || !/^[!"$-~]+$/.test(given) || !URL.canParse(given)) return false;
  return given.length >= start.length + end.length && given.startsWith(start) && given.endsWith(end);
}
const wildcard = /^([a-z][a-z\d+.-]*:\/\/[^/?#*]+[/?][^#*]*)\*([^#*]*)$/;

/**
 * Whether a redirect URI is registered: to the letter, but `localhost` and `127.0.0.1` match on any port, also where the
 * registered one names a port (docs/pingone.md, sections 9 and 14).
 */
export function redirectUriMatches(registered: readonly string[], given: string): boolean {
  if (given.includes('#') || !URL.canParse(given)) return false;
  return registered.some((uri) => uri === given || withoutLoopbackPort(uri) === withoutLoopbackPort(given));
}

function withoutLoopbackPort(uri: string): string {
  const [, host, , rest = ''] = loopback.exec(uri) ?? [];
  return host === undefined ? uri : host + rest;
}
/** Takes a loopback redirect URI apart: scheme and host, port, the rest. */
const loopback = /^(https?:\/\/(?:localhost|127\.0\.0\.1))(:\d{1,5})?([/?].*)?$/;
