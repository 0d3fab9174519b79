import { createSecureContext } from 'node:tls';
import { type Dispatcher, EnvHttpProxyAgent, Pool, fetch as undiciFetch } from 'undici';
import { codeOf } from '../errors.ts';

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
    clientFactory: tunnelsThrough,
  });
  // Two declarations of the same standard: undici's own and the one that Node's types bring.
  const send = (url: string, init?: RequestInit) => undiciFetch(url, { ...init, dispatcher } as never);
  return send as unknown as typeof fetch;
}

/**
 * What asks the proxy for tunnels. A proxy that hangs up instead of answering is an end: of the error that undici has for
 * that, its other half believes that it will pass, and asks again without end (undici 7.30, the last that runs on Node 20).
 */
function tunnelsThrough(proxy: URL, options: object): Dispatcher {
  const pool = new Pool(proxy, options);
  const connect = pool.connect.bind(pool) as (parameters: Dispatcher.ConnectOptions) => Promise<Dispatcher.ConnectData>;
  const once = (parameters: Dispatcher.ConnectOptions) =>
    connect(parameters).catch((error: unknown) => {
      throw codeOf(error) === 'UND_ERR_SOCKET' ? new Error('the proxy closed the connection') : error;
    });
  return Object.assign(pool, { connect: once as typeof pool.connect });
}
