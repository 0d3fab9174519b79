/** Cookies as a browser keeps them, as far as sign-on pages need it: by host and path (RFC 6265, sections 5.1.4 and 5.4). */
export class CookieJar {
  #cookies: readonly Cookie[] = [];

  keep(url: URL, lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const attribute = (wanted: string) =>
        attributes.map((text) => text.split('=')).find(([name]) => name?.toLowerCase() === wanted);
      const [name = '', ...rest] = pair.split('=');
      const path = attribute('path')?.[1] ?? url.pathname.replace(/\/[^/]*$/, '');
      const cookie = {
        host: url.hostname,
        path,
        name,
        value: rest.join('='),
        secure: attribute('secure') !== undefined,
      };
      const others = this.#cookies.filter((old) => old.host !== cookie.host || old.path !== path || old.name !== name);
      const ended = Number(attribute('max-age')?.[1] ?? 1) <= 0 || cookie.value === '';
      this.#cookies = ended ? others : [...others, cookie];
    }
  }

  /** The `Cookie` header for a URL; empty when there is none. Ports do not tell cookies apart. */
  header({ hostname, pathname, protocol }: URL): string {
    return this.#cookies
      .filter(({ host, secure }) => host === hostname && (!secure || protocol === 'https:'))
      .filter(({ path }) => pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }
}

interface Cookie {
  readonly host: string;
  readonly path: string;
  readonly name: string;
  readonly value: string;
  readonly secure: boolean;
}
