import { createSecureContext } from 'node:tls';
import { Agent, type Dispatcher, Pool, ProxyAgent, fetch as undiciFetch } from 'undici';
import { codeOf } from '../errors.ts';
import type { Proxies } from './proxy.ts';

/** A fetch that goes through proxies and trusts these PEM certificates, on undici: Node 20's own can do neither. */
export function dispatchingFetch(
  proxies: Proxies | undefined,
  authorities: readonly string[] | undefined,
): typeof fetch {
  // One for all connections: Node reads the whole list anew for each that is given one, which takes as long as an empty start.
  const tls = authorities ? { secureContext: createSecureContext({ ca: [...authorities] }) } : {};
  const direct = new Agent({ connect: tls });
  const through = new Map<string, ProxyAgent>();
  const dispatcherFor = (url: URL): Dispatcher => {
    const proxy = proxies?.proxyFor(url);
    if (!proxy) return direct;
    const agent =
      through.get(proxy.href) ??
      new ProxyAgent({ uri: proxy.href, requestTls: tls, proxyTls: tls, clientFactory: tunnelsThrough });
    through.set(proxy.href, agent);
    return agent;
  };
  // Two declarations of the same standard: undici's own and the one that Node's types bring.
  const send = (url: string, init?: RequestInit) =>
    undiciFetch(url, { ...init, dispatcher: dispatcherFor(new URL(url)) } as never);
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
