import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import { startDeadline } from '../deadline.ts';
import { Failure, messageOf } from '../errors.ts';
import { isTooDeep } from '../json.ts';
import { withoutThese } from '../output/redactor.ts';
import type { Runtime } from '../runtime.ts';
import { proxiesIn } from './proxy.ts';
import { unreachable } from './unreachable.ts';

/**
 * A fetch that follows no redirect, reads at most a megabyte, ends in time and rejects with a `Failure` only. A refusal
 * comes without the request's own secrets.
 */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

export interface ConnectionOptions {
  /** PEM file with certificate authorities, added to the system's. */
  readonly caFile?: string | undefined;
  /** For the whole exchange, body included. */
  readonly timeoutMs: number;
  /** Is told every request and answer; must redact. */
  readonly trace?: (line: string) => void;
}

/**
 * How long one of a host's addresses may take to answer before the next is tried, in milliseconds. Node gives each a quarter
 * of a second and does not come back to it, so that a slow address beside a dead one is as good as none.
 */
const addressLimitMs = 1_500;

/** After decompression. The largest honest answer, a user record with many groups, is a few dozen kilobytes. */
const maxBodyBytes = 1024 * 1024;

/** What a connection needs of the runtime. Its signal ends every request. */
type Machine = Pick<Runtime, 'env' | 'fetch' | 'authorities' | 'now' | 'sleep' | 'signal'>;

/**
 * Opens the way to PingOne's servers. It honours proxy variables and the CA file, and keeps docs/security.md, rule 7.
 *
 * @throws Failure `usage` when the CA file cannot be read.
 */
export async function connect(runtime: Machine, options: ConnectionOptions): Promise<Fetch> {
  const send = await transport(runtime, options);
  const trace = options.trace ?? (() => {});
  return async (url, init = {}) => {
    const deadline = startDeadline(options.timeoutMs, runtime);
    const signal = AbortSignal.any([runtime.signal, deadline.signal, ...(init.signal ? [init.signal] : [])]);
    const method = init.method ?? 'GET';
    const startedAt = runtime.now();
    try {
      // Here and not above: what needs no request, as a token that lives, loads no network module.
      setDefaultAutoSelectFamilyAttemptTimeout(addressLimitMs);
      const response = await send(url, { ...init, redirect: 'manual', signal });
      const body = await boundedBody(response, url);
      refuseDeepJson(body, url);
      trace(`${method} ${url} → ${response.status} in ${runtime.now() - startedAt} ms`);
      const { status } = response;
      if (status === 204 || status === 205 || status === 304) {
        return new Response(null, { status, headers: response.headers });
      }
      const received = { headers: response.headers, body };
      const answer = status >= 400 ? withoutEcho(received, init) : received;
      return new Response(answer.body, { status, headers: answer.headers });
    } catch (error) {
      trace(`${method} ${url} → ${messageOf(error)} after ${runtime.now() - startedAt} ms`);
      if (runtime.signal.aborted) throw runtime.signal.reason;
      if (init.signal?.aborted) throw init.signal.reason;
      if (error instanceof Failure) throw error;
      throw unreachable(url, error, { now: runtime.now(), timedOut: deadline.signal.aborted ? options : undefined });
    } finally {
      deadline.end();
    }
  };
}

async function boundedBody(response: Response, url: string): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // To leave this loop by throwing cancels the body, and with it the connection.
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBodyBytes) {
      throw new Failure(
        'failed',
        `${new URL(url).host} answered with more than ${maxBodyBytes} bytes; the rest was not read.`,
        {
          code: 'response_too_large',
          hint: 'Check --auth-url and --api-url: this does not look like PingOne.',
        },
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What is no JSON, a page with a program in it for one, may have as many brackets as it likes. */
function refuseDeepJson(body: Buffer, url: string): void {
  const text = body.toString('utf8');
  if (!/^\s*[[{]/.test(text) || !isTooDeep(text)) return;
  throw new Failure('failed', `${new URL(url).host} answered with JSON that is nested too deeply; it was not read.`, {
    code: 'response_too_deep',
    hint: 'Check --auth-url and --api-url: this does not look like PingOne.',
  });
}

/** Node's own fetch where it serves. Only for a proxy or a CA, which Node 20's fetch knows nothing of, undici is loaded. */
async function transport(runtime: Machine, { caFile }: ConnectionOptions): Promise<typeof fetch> {
  const { env } = runtime;
  const proxies = proxiesIn(env);
  if (!caFile && !proxies) return runtime.fetch;
  const authorities = caFile ? await authoritiesWith(caFile, runtime) : undefined;
  const { dispatchingFetch } = await import('./dispatching-fetch.ts');
  return dispatchingFetch(proxies, authorities);
}

/** An explicit list replaces Node's, so Node's own and `NODE_EXTRA_CA_CERTS` are repeated in it. */
async function authoritiesWith(caFile: string, { env, authorities }: Machine): Promise<string[]> {
  const extraFile = env['NODE_EXTRA_CA_CERTS'];
  const own = await certificatesIn(
    caFile,
    'Pass a file with certificates (PEM or DER) with --ca-file or PING14C_CA_FILE.',
  );
  const extra = extraFile
    ? [
        await certificatesIn(
          extraFile,
          'Set NODE_EXTRA_CA_CERTS to a file with certificates (PEM or DER), or unset it.',
        ),
      ]
    : [];
  return [...(await authorities()), own, ...extra];
}

/** PEM, whatever the file is: a PEM file with one certificate or more, or a DER file with one. */
async function certificatesIn(file: string, hint: string): Promise<string> {
  try {
    const content = await readFile(file);
    // Refuses what holds no certificate; Node itself would ignore it, and blame the server later.
    const certificate = new X509Certificate(content);
    return content.includes('-----BEGIN') ? content.toString('utf8') : certificate.toString();
  } catch (error) {
    throw new Failure('usage', `The CA file ${file} cannot be used: ${messageOf(error)}`, {
      code: 'ca_file_unreadable',
      hint,
      cause: error,
    });
  }
}

/** Form fields whose values grant something. */
const secretFields: ReadonlySet<string> = new Set([
  'assertion',
  'client_assertion',
  'client_secret',
  'code',
  'code_verifier',
  'device_code',
  'refresh_token',
  'token',
]);

/** Shorter ones would be found in words by chance, and keep nobody out anyway. */
const shortest = 8;

/**
 * Takes the secrets of its own request out of a refusal: some servers repeat them ("the token … is unknown"). PingOne's
 * refresh tokens look like any other word, so the redactor could not tell them by their form (docs/security.md, rule 30).
 */
function withoutEcho(
  { headers, body }: { readonly headers: Headers; readonly body: Buffer<ArrayBuffer> },
  request: RequestInit,
): { readonly headers: Headers; readonly body: Buffer<ArrayBuffer> } {
  const secrets = secretsIn(request);
  const silenced = (text: string) => withoutThese(text, secrets);
  // Byte by byte, so that nothing else changes, whatever encoding it is in.
  const text = silenced(body.toString('latin1'));
  return {
    headers: new Headers([...headers].map(([name, value]) => [name, silenced(value)] as [string, string])),
    body: Buffer.from(text, 'latin1'),
  };
}

function secretsIn({ headers, body }: RequestInit): readonly string[] {
  const credentials = new Headers(headers).get('authorization')?.split(' ')[1];
  // Of what is no form nothing is read that has such a name.
  const form = new URLSearchParams(String(body));
  const fields = [...form].flatMap(([name, value]) => (secretFields.has(name) ? [value] : []));
  return [credentials, ...fields].filter(
    (secret): secret is string => secret !== undefined && secret.length >= shortest,
  );
}
