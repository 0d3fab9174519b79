import { createSecureContext } from 'node:tls';
import { EnvHttpProxyAgent, fetch as undiciFetch } from 'undici';

export interface Route {
  readonly httpProxy: string | undefined;
  readonly httpsProxy: string | undefined;
  /** Hosts reached without a proxy, as in `NO_PROXY`. */
  readonly noProxy: string | undefined;
  /** PEM certificates that replace Node's own list. */
  readonly authorities: readonly string[] | undefined;
}

/** A fetch that goes through proxies and trusts these authorities, on undici: Node 20's own can do neither. */
export function dispatchingFetch({ httpProxy, httpsProxy, noProxy, authorities }: Route): typeof fetch {
  // One for all connections: Node reads the whole list anew for each that is given one, which takes as long as an empty start.
  const tls = authorities ? { secureContext: createSecureContext({ ca: [...authorities] }) } : {};
  const dispatcher = new EnvHttpProxyAgent({
    // Left out, each would be read from the process's own environment.
    httpProxy: httpProxy ?? '',
    httpsProxy: httpsProxy ?? '',
    // A proxy's own loopback is another machine's.
    noProxy: [noProxy, 'localhost', '127.0.0.1', '::1'].filter(Boolean).join(','),
    connect: tls,
    requestTls: tls,
    proxyTls: tls,
  });
  // Two declarations of the same standard: undici's own and the one that Node's types bring.
  const send = (url: string, init?: RequestInit) => undiciFetch(url, { ...init, dispatcher } as never);
  return send as unknown as typeof fetch;
}
