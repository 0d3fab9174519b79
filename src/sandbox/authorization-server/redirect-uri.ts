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
