import { codeOf, Failure, messageOf } from '../errors.ts';
import { localTime } from '../output/time.ts';

/** Node's and OpenSSL's codes for a certificate that is not trusted or does not fit. */
const tlsCodes =
  /^(?:CERT_|ERR_TLS_|ERR_SSL_|EPROTO$|DEPTH_ZERO_SELF_SIGNED_CERT$|SELF_SIGNED_CERT_IN_CHAIN$|UNABLE_TO_|HOSTNAME_MISMATCH$)/;

/** A certificate is far more often in order than a clock. */
const untimelyCertificates: Readonly<Record<string, string>> = {
  CERT_NOT_YET_VALID: 'is not valid yet',
  CERT_HAS_EXPIRED: 'has expired',
};

/** Says what hides the way (time, name, connection, TLS or proxy), where `fetch` says "fetch failed" for all of them. */
export function unreachable(
  url: string,
  thrown: unknown,
  { now, timedOut }: { readonly now: number; readonly timedOut?: { readonly timeoutMs: number } | undefined },
): Failure {
  const { host } = new URL(url);
  const proxyHint = 'Check HTTPS_PROXY, ALL_PROXY and NO_PROXY.';
  const failed = (code: string, message: string, hint: string) =>
    new Failure('unreachable', message, { code, hint, cause: thrown });
  if (timedOut) {
    return failed(
      'timeout',
      `${host} did not answer within ${timedOut.timeoutMs / 1000} seconds.`,
      'Try again, or allow more time with PING14C_HTTP_TIMEOUT.',
    );
  }
  const reason = rootCause(thrown);
  const code = codeOf(reason);
  if (isElsewhere(reason, new URL(url))) {
    return failed('proxy', `The proxy on the way to ${host} cannot be reached: ${messageOf(reason)}`, proxyHint);
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return failed(
      'dns',
      `The name ${host} cannot be resolved.`,
      'Check the region, --auth-url or --api-url, and the network.',
    );
  }
  if (code === 'ECONNREFUSED') {
    return failed(
      'connection_refused',
      `${host} refuses connections.`,
      'Check the address, and whether the server is running.',
    );
  }
  if (/\bproxy\b/i.test(messageOf(reason)) || code === 'UND_ERR_ABORTED') {
    return failed('proxy', `The proxy refused to connect to ${host}: ${messageOf(reason)}`, proxyHint);
  }
  const untimely = untimelyCertificates[code];
  if (untimely) {
    return failed(
      'tls',
      `The TLS certificate of ${host} ${untimely}: the clock of this machine shows ${localTime(now)}.`,
      'Check the clock first. If it is right, the server, or a proxy that inspects TLS, has a bad certificate.',
    );
  }
  if (tlsCodes.test(code)) {
    return failed(
      'tls',
      `The TLS certificate of ${host} is not trusted: ${messageOf(reason)}`,
      'Behind a proxy that inspects TLS, or with a sandbox, pass its CA with --ca-file.',
    );
  }
  return failed('network', `No answer from ${host}: ${messageOf(reason)}`, 'Check the network and try again.');
}

/** Whether another name was looked up, or another port knocked at, than the server's: then it was a proxy's. */
function isElsewhere(reason: unknown, { hostname, port, protocol }: URL): boolean {
  if (typeof reason !== 'object' || reason === null) return false;
  if ('hostname' in reason && typeof reason.hostname === 'string') return reason.hostname !== hostname;
  const own = Number(port) || (protocol === 'https:' ? 443 : 80);
  return 'port' in reason && typeof reason.port === 'number' && reason.port !== own;
}

/** The server's certificate was refused by us, in the middle of the handshake. */
const certificateCodes =
  /^(?:CERT_|DEPTH_ZERO_SELF_SIGNED_CERT$|SELF_SIGNED_CERT_IN_CHAIN$|UNABLE_TO_|ERR_TLS_CERT_ALTNAME_INVALID$)/;

/**
 * Whether it is certain that no byte of the request left: no name, no connection, or no trust in the server. In doubt it
 * says `false`, because a request that changes something must not be repeated then (docs/security.md, rule 27).
 */
export function neverSent(failure: Failure): boolean {
  const reason = rootCause(failure.cause);
  const code = codeOf(reason);
  const syscall = typeof reason === 'object' && reason !== null && 'syscall' in reason ? reason.syscall : '';
  return (
    syscall === 'connect' ||
    syscall === 'getaddrinfo' ||
    code === 'UND_ERR_CONNECT_TIMEOUT' ||
    certificateCodes.test(code) ||
    /when HTTP Tunneling|the proxy closed the connection/.test(messageOf(reason))
  );
}

/** The innermost cause: fetch wraps the reason once or twice; Happy Eyeballs wraps several in one. */
function rootCause(thrown: unknown): unknown {
  let reason = thrown;
  for (let depth = 0; depth < 5; depth++) {
    if (reason instanceof AggregateError && reason.errors.length > 0) reason = reason.errors[0];
    else if (reason instanceof Error && reason.cause !== undefined) reason = reason.cause;
    else break;
  }
  return reason;
}
