/** Whether a URL's host (`URL.hostname`) is this machine's own, whatever the network (RFC 8252, section 8.3). */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/**
 * The port that an address names, as it is written; `undefined` where it names none. `URL.port` would not do: it drops a
 * scheme's own port, so that a registered `https://127.0.0.1:443/callback` would seem to leave the port open.
 */
export function namedPort(address: string): number | undefined {
  const port = /^https?:\/\/[^/?#@]+:(\d+)(?:[/?#]|$)/i.exec(address)?.[1];
  return port === undefined ? undefined : Number(port);
}

/** Whether secrets may travel to this address: https, or plain http that does not leave this machine. */
export function isSecureOrLoopback(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname));
}
