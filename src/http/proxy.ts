import { BlockList, isIP } from 'node:net';
import { Failure } from '../errors.ts';
import { isLoopbackHost } from '../loopback-host.ts';
import type { Runtime } from '../runtime.ts';

/** The proxies that the environment names, as curl reads it: lower-case names first, one scheme each, `NO_PROXY` around them. */
export interface Proxies {
  /** The proxy for this address; `undefined` where there is none, or the address is to be reached without. */
  proxyFor(url: URL): URL | undefined;
}

/**
 * Reads `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`; `undefined` where no proxy is named.
 *
 * @throws Failure `usage` naming the variable, where one holds something that is no http or https proxy.
 */
export function proxiesIn(env: Runtime['env']): Proxies | undefined {
  const all = named(env, 'ALL_PROXY');
  const http = named(env, 'HTTP_PROXY') ?? all;
  const https = named(env, 'HTTPS_PROXY') ?? all;
  if (!http && !https) return undefined;
  const isExempt = exemptions(env[variableOf(env, 'NO_PROXY')] ?? '');
  return {
    proxyFor: (url) => {
      // A proxy's own loopback is another machine's.
      if (isLoopbackHost(url.hostname) || isExempt(url.hostname)) return undefined;
      return url.protocol === 'https:' ? https : http;
    },
  };
}

/** Names the variables that are read and hold something, each as it is spelled there: of two spellings the one that counts. */
export function proxyVariables(env: Runtime['env']): readonly string[] {
  return ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY']
    .map((name) => variableOf(env, name))
    .filter((variable) => env[variable]?.trim());
}

function variableOf(env: Runtime['env'], name: string): string {
  return env[name.toLowerCase()] ? name.toLowerCase() : name;
}

function named(env: Runtime['env'], name: string): URL | undefined {
  const variable = variableOf(env, name);
  const text = env[variable]?.trim();
  return text ? proxyIn(text, variable) : undefined;
}

/**
 * `host:port` is an http proxy. A user's password may hold what a URL would have to escape: it ends at the last `@`.
 */
const form = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:(.*)@)?(\[[0-9a-f:.]+\]|[^:/?#@\\\s]+)(?::(\d{1,5}))?\/?$/is;

function proxyIn(text: string, variable: string): URL {
  const [, scheme = 'http', credentials, host = '', port] = form.exec(text) ?? [];
  if (/^socks/i.test(scheme))
    throw unfit(variable, 'is a SOCKS proxy, and ping14c can use http and https proxies only');
  if (!/^https?$/i.test(scheme)) throw unfit(variable, `starts with ${scheme}://`);
  const address = `${scheme}://${host}${port ? `:${port}` : ''}`;
  if (host === '' || !URL.canParse(address)) throw unfit(variable, 'is not the address of a proxy');
  const url = new URL(address);
  if (credentials === undefined) return url;
  const [user = '', ...password] = credentials.split(':');
  url.username = escaped(user);
  url.password = escaped(password.join(':'));
  return url;
}

/** What is escaped already stays so; what is not becomes so. */
function escaped(text: string): string {
  try {
    return encodeURIComponent(decodeURIComponent(text));
  } catch {
    return encodeURIComponent(text);
  }
}

function unfit(variable: string, why: string): Failure {
  return new Failure('usage', `${variable} ${why}.`, {
    code: 'invalid_proxy',
    hint: 'Write it as http://proxy.example:3128, with a user as http://name:password@proxy.example:3128, or unset it.',
  });
}

/**
 * Names are separated by commas or blanks. A name stands for itself and all below it, with or without a dot in front; `*` for
 * everything; an address for itself, and with a prefix length (`10.0.0.0/8`) for its network.
 */
function exemptions(noProxy: string): (hostname: string) => boolean {
  const names: string[] = [];
  const addresses = new BlockList();
  for (const entry of noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)) {
    const [address = '', prefix] = entry.replace(/[[\]]/g, '').split('/', 2);
    const version = isIP(address);
    if (version === 0) names.push(entry.replace(/^\*?\./, '').replace(/\.$/, ''));
    else if (prefix === undefined) addresses.addAddress(address, version === 6 ? 'ipv6' : 'ipv4');
    else if (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 6 ? 128 : 32)) {
      addresses.addSubnet(address, Number(prefix), version === 6 ? 'ipv6' : 'ipv4');
    }
  }
  return (hostname) => {
    const host = hostname.toLowerCase().replace(/[[\]]/g, '').replace(/\.$/, '');
    const version = isIP(host);
    if (version !== 0) return names.includes('*') || addresses.check(host, version === 6 ? 'ipv6' : 'ipv4');
    return names.some((name) => name === '*' || host === name || host.endsWith(`.${name}`));
  };
}
