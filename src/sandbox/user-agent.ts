import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import { CookieJar } from './user-agent/cookie-jar.ts';
import { type Answers, type Form, fieldsOf, formsIn, hiddenFields, submitsItself } from './user-agent/form.ts';

/** Where the user agent ended up. */
export interface Visit {
  readonly status: number;
  /** With its fragment: this browser runs no scripts, so what a fragment carries is to be read here. */
  readonly url: string;
  readonly html: string;
}

/** A browser without a screen: cookies, redirects, HTML forms, verified TLS; no scripts. */
export interface UserAgent {
  /** Goes to a URL and through every page with a form until there is none, or until a page complains. */
  signIn(url: string, answers: Answers): Promise<Visit>;
  /**
   * Goes to a URL and presses Cancel on the first page that has it; a refusal that is posted to the application goes
   * there.
   */
  deny(url: string): Promise<Visit>;
  /** Goes to a URL and follows redirects, nothing else. */
  visit(url: string): Promise<Visit>;
}

interface UserAgentOptions extends Trust {
  readonly signal?: AbortSignal | undefined;
}

interface Trust {
  /** PEM of the authority that servers' certificates must come from. */
  readonly trust: string;
  /** The person who compares a fingerprint, for servers that `trust` does not cover: approves the leaf or refuses. */
  readonly acceptCertificate?: ((host: string, fingerprint256: string) => boolean) | undefined;
}

const mostHops = 20;
const mostForms = 8;

export function createUserAgent(options: UserAgentOptions): UserAgent {
  const cookies = new CookieJar();

  async function load(url: string, sent?: URLSearchParams): Promise<Visit> {
    let [target, body] = [new URL(url), sent];
    for (let hop = 0; hop < mostHops; hop += 1) {
      const response = await send(target, body, cookies, options);
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
        const fields = fieldsOf(form, answers);
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
      const handOver = formsIn(left.html).find(submitsItself);
      return handOver ? submit(left, handOver, hiddenFields(handOver)) : left;
    },
  };
}

async function send(
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
    ...(cookie && { cookie }),
    ...(text !== undefined && {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': Buffer.byteLength(text),
    }),
  };
  const options = { method: text === undefined ? 'GET' : 'POST', headers, ...(signal && { signal }) };
  if (url.protocol === 'http:') return responseTo(httpRequest(url, { ...options, agent: false }), text);
  const socket = await verifiedSocket(url, trust);
  return responseTo(httpsRequest(url, { ...options, createConnection: () => socket }), text);
}

function responseTo(request: ReturnType<typeof httpRequest>, text: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve).once('error', reject).end(text);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
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
