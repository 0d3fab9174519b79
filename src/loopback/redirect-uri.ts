import { Failure } from '../errors.ts';
import { isLoopbackHost } from '../loopback-host.ts';

/** A redirect URI on this machine, taken apart. */
export interface LoopbackRedirectUri {
  /** As the person wrote and registered it. */
  readonly text: string;
  readonly secure: boolean;
  /** Where to listen: both families for `localhost`, which browsers may resolve to either. */
  readonly addresses: readonly string[];
  /** Only when it was written, `:443` included; else any free one will do (RFC 8252, section 7.3). */
  readonly port: number | undefined;
}

const authority = /^(https?:\/\/)([^/?#@]+)/i;

/** @throws Failure `usage` when nobody but another machine could answer at this address. */
export function parseRedirectUri(text: string): LoopbackRedirectUri {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const [, , hostAndPort = ''] = authority.exec(text) ?? [];
  const addresses = url ? addressesOf(url.hostname) : [];
  if (!url || addresses.length === 0 || !hostAndPort || url.search || url.hash || url.username || url.password) {
    throw new Failure('usage', `The redirect URI ${text} is not an http or https address of this machine.`, {
      code: 'invalid_redirect_uri',
      hint: 'Use one such as https://127.0.0.1/callback, without query, fragment or user name.',
    });
  }
  // `URL` drops a scheme's own port, so the text is asked.
  const port = /:(\d+)$/.exec(hostAndPort)?.[1];
  return { text, secure: url.protocol === 'https:', addresses, port: port === undefined ? undefined : Number(port) };
}

/** The redirect URI with the port that was found; not a character of the rest changes, since servers compare exactly. */
export function withPort({ text, port }: LoopbackRedirectUri, found: number): string {
  return port === undefined ? text.replace(authority, `$1$2:${found}`) : text;
}

function addressesOf(hostname: string): readonly string[] {
  if (hostname === 'localhost') return ['127.0.0.1', '::1'];
  if (hostname === '[::1]') return ['::1'];
  return isLoopbackHost(hostname) ? [hostname] : [];
}
