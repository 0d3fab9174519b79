import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';

interface UserAgentOptions extends Trust {
  readonly signal?: AbortSignal;
}

/** Where the user agent ended up. */
export interface Visit {
  readonly status: number;
  /** With its fragment: this browser runs no scripts, so what a fragment carries is to be read here. */
  readonly url: string;
  readonly html: string;
}

/** What a person types, by the name of the field. */
export interface Answers {
  readonly username: string;
  readonly password: string;
  /** When a new one is asked for during sign-on. */
  readonly newPassword?: string;
  /** When a device's code is asked for. */
  readonly userCode?: string;
}

/** A browser without a screen: cookies, redirects, HTML forms, verified TLS; no scripts. */
export interface UserAgent {
  /** Goes to a URL and through every page with a form until there is none, or until a page complains. */
  signIn(url: string, answers: Answers): Promise<Visit>;
  /** Goes to a URL and presses Cancel on the first page that has it; a refusal that is posted to the application goes there. */
  deny(url: string): Promise<Visit>;
  /** Goes to a URL and follows redirects, nothing else. */
  visit(url: string): Promise<Visit>;
}

const mostHops = 20;
const mostForms = 8;

export function createUserAgent(options: UserAgentOptions): UserAgent {
  const cookies = new CookieJar();

  async function load(url: string, sent?: URLSearchParams): Promise<Visit> {
    let [target, body] = [new URL(url), sent];
    for (let hop = 0; hop < mostHops; hop += 1) {
      const response = await exchange(target, body, cookies, options);
      const location = response.headers.location;
      const status = response.statusCode ?? 0;
      cookies.keep(target, response.headers['set-cookie'] ?? []);
      if (status < 300 || status > 399 || location === undefined) {
        return { status, url: target.href, html: await textOf(response) };
      }
      response.resume();
      const next = new URL(location, target);
      // A fragment goes along unless the new address has its own (Fetch, HTTP-redirect fetch).
      if (next.hash === '') next.hash = target.hash;
      target = next;
      if (status !== 307 && status !== 308) body = undefined;
    }
    throw new Error(`More than ${mostHops} redirects from ${new URL(url).origin}`);
  }

  const submit = (page: Visit, form: Form, fields: URLSearchParams): Promise<Visit> => {
    const action = new URL(form.action, page.url);
    if (form.method === 'post') return load(action.href, fields);
    action.search = fields.toString();
    return load(action.href);
  };

  return {
    visit: (url) => load(url),
    async signIn(url, answers) {
      let page = await load(url);
      for (let count = 0; count < mostForms; count += 1) {
        const [form] = formsIn(page.html);
        if (!form || (count > 0 && page.html.includes('role="alert"'))) return page;
        const fields = fill(form, answers);
        if (!fields) return page;
        page = await submit(page, form, fields);
      }
      throw new Error(`Still a form after ${mostForms} of them, at ${new URL(page.url).origin}`);
    },
    async deny(url) {
      const page = await load(url);
      const [form] = formsIn(page.html);
      const cancel = form?.buttons.find(({ value }) => value === 'cancel');
      if (!form || !cancel) throw new Error('There is nothing to cancel on this page');
      const left = await submit(page, form, new URLSearchParams({ [cancel.name]: cancel.value }));
      const handOver = formsIn(left.html).find(asksNothing);
      return handOver ? submit(left, handOver, hiddenFields(handOver)) : left;
    },
  };
}

async function exchange(
  url: URL,
  body: URLSearchParams | undefined,
  cookies: CookieJar,
  { signal, ...trust }: UserAgentOptions,
): Promise<IncomingMessage> {
  const cookie = cookies.header(url);
  const text = body?.toString();
  const headers = {
    accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
    'user-agent': 'ping14c user agent',
    ...(cookie ? { cookie } : {}),
    ...(text === undefined
      ? {}
      : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(text) }),
  };
  const options = { method: text === undefined ? 'GET' : 'POST', headers, ...(signal ? { signal } : {}) };
  if (url.protocol === 'http:') return sent(httpRequest(url, { ...options, agent: false }), text);
  const socket = await verifiedSocket(url, trust);
  return sent(httpsRequest(url, { ...options, createConnection: () => socket }), text);
}

function sent(request: ReturnType<typeof httpRequest>, text: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve).once('error', reject).end(text);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

interface Cookie {
  readonly host: string;
  readonly path: string;
  readonly name: string;
  readonly value: string;
  readonly secure: boolean;
}

/** Cookies as a browser keeps them, as far as sign-on pages need it: by host and path (RFC 6265, sections 5.1.4 and 5.4). */
class CookieJar {
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

/** A form as far as it can be filled in without a screen. */
interface Form {
  readonly action: string;
  readonly method: 'get' | 'post';
  readonly inputs: readonly { readonly name: string; readonly type: string; readonly value: string }[];
  readonly buttons: readonly { readonly name: string; readonly value: string }[];
}

/** The forms of a page. */
function formsIn(html: string): readonly Form[] {
  return [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gis)].map(([, head = '', body = '']) => {
    const { action = '', method = 'get' } = attributesIn(head);
    return {
      action,
      method: method.toLowerCase() === 'post' ? 'post' : 'get',
      inputs: [...body.matchAll(/<input\b([^>]*)>/gi)].map(([, input = '']) => {
        const { name = '', type = 'text', value = '' } = attributesIn(input);
        return { name, type: type.toLowerCase(), value };
      }),
      buttons: [...body.matchAll(/<button\b([^>]*)>/gi)].map(([, button = '']) => {
        const { name = '', value = '' } = attributesIn(button);
        return { name, value };
      }),
    };
  });
}

/** What the form would send with these answers and its first button; `undefined` when it asks for something else. */
function fill(form: Form, answers: Answers): URLSearchParams | undefined {
  const fields = new URLSearchParams();
  for (const { name, type, value } of form.inputs) {
    if (type === 'submit' || type === 'checkbox' || name === '') continue;
    const answer = type === 'hidden' ? value : (answerTo(name, type, answers) ?? value);
    if (type === 'password' && answer === '') return undefined;
    fields.append(name, answer);
  }
  const [button] = form.buttons;
  if (button?.name) fields.append(button.name, button.value);
  return fields;
}

/** Whether a script would submit it by itself, as the page of `response_mode=form_post` does. */
function asksNothing({ inputs, buttons }: Form): boolean {
  return inputs.length > 0 && inputs.every(({ type }) => type === 'hidden') && !buttons.some(({ name }) => name !== '');
}

function hiddenFields({ inputs }: Form): URLSearchParams {
  return new URLSearchParams(inputs.map(({ name, value }): [string, string] => [name, value]));
}

function answerTo(name: string, type: string, answers: Answers): string | undefined {
  const { username, password, newPassword, userCode } = answers;
  const byName: Readonly<Record<string, string | undefined>> = {
    username,
    login: username,
    password,
    currentPassword: password,
    newPassword: newPassword ?? '',
    repeatedPassword: newPassword ?? '',
    userCode,
  };
  if (Object.hasOwn(byName, name)) return byName[name];
  return type === 'password' ? password : undefined;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

function attributesIn(head: string): Readonly<Record<string, string>> {
  const found = [...head.matchAll(/([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g)];
  return Object.fromEntries(
    found.map(([, name = '', double, single, bare]) => [name.toLowerCase(), unescaped(double ?? single ?? bare ?? '')]),
  );
}

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? '');
}

interface Trust {
  /** PEM of the authority that servers' certificates must come from. */
  readonly trust: string;
  /** The person who compares a fingerprint, for servers that `trust` does not cover: approves the leaf or refuses. */
  readonly acceptCertificate?: (host: string, fingerprint256: string) => boolean;
}

/** Nothing is sent before the certificate is known to be good: trusted and for this host, or approved by its fingerprint. */
function verifiedSocket(
  { hostname, port }: URL,
  { trust, acceptCertificate = () => false }: Trust,
): Promise<TLSSocket> {
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: Number(port || 443),
      ca: trust,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
      // The handshake is let finish so that the leaf can be looked at; `authorized` says what Node found.
      rejectUnauthorized: false,
      ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
    });
    socket.once('error', reject).once('secureConnect', () => {
      const { fingerprint256 } = socket.getPeerCertificate();
      if (socket.authorized || acceptCertificate(host, fingerprint256)) return resolve(socket);
      socket.destroy();
      reject(new Error(`The certificate of ${host} is not trusted: ${String(socket.authorizationError)}`));
    });
  });
}
