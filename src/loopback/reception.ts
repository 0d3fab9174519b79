import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Runtime } from '../runtime.ts';
import {
  type Expectation,
  judgeForm,
  judgePasted,
  judgeRequest,
  type Refusal,
  type Verdict,
} from './callback-request.ts';
import type { Page } from './page.ts';
import { type Outcome, outcomePage, refusalPage, relayPage } from './pages.ts';

/** What came and was not the callback. */
export interface Refusals {
  readonly total: number;
  readonly reasons: ReadonlyMap<Refusal, number>;
}

export interface Reception {
  /** The whole URL of the one callback. Pending for ever when none comes. */
  readonly callback: Promise<URL>;
  readonly refusals: Refusals;
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Takes what a person pasted as the callback, or says why it is not. */
  accept(pasted: string): Refusal | undefined;
  /** Tells the waiting browser, once, and resolves when it has its page or was given time enough to fetch it. */
  finish(outcome: Outcome): Promise<void>;
}

/** An ID token with many groups and an access token are some ten kilobytes. */
const maxFormBytes = 64 * 1024;

/** How long the browser that brought the callback may take to fetch its page once the outcome is known. */
const deliveryMs = 700;

/**
 * Answers requests until one is the callback (docs/security.md, rules 11 to 13). From then on
 * 1. the browser is sent on to a result address, so that the code leaves the address bar;
 * 2. its request there waits for the outcome, so that the page says what is true;
 * 3. whatever else comes is told that the answer was used.
 */
export function createReception(expected: Expectation, sleep: Runtime['sleep']): Reception {
  // Not to be guessed: the page names the person.
  const resultPath = `/result/${randomBytes(16).toString('base64url')}`;
  const reasons = new Map<Refusal, number>();
  const callback = deferred<URL>();
  const outcome = deferred<Outcome>();
  const delivered = deferred<void>();
  let used = false;
  let broughtByBrowser = false;
  let finished: Promise<void> | undefined;

  /** Of five at the same time, one: nothing waits between the look and the mark. */
  function claim(verdict: Verdict): Verdict {
    if (verdict.kind !== 'callback') return verdict;
    if (used) return { kind: 'refused', reason: 'already used' };
    used = true;
    callback.resolve(verdict.url);
    return verdict;
  }

  function refuse(response: ServerResponse, reason: Refusal): void {
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    // Nothing more is read on this connection, so an unread body costs nothing.
    if (reason === 'another method') response.setHeader('allow', 'GET');
    response.setHeader('connection', 'close');
    send(response, refusalPage(reason));
  }

  async function deliver(response: ServerResponse): Promise<void> {
    const page = outcomePage(await outcome.promise);
    const { socket } = response;
    response.setHeader('connection', 'close');
    send(response, page);
    // Written out and closed by us: only then may the process end.
    if (socket && !socket.destroyed) await once(socket, 'close');
    delivered.resolve();
  }

  async function delivery(): Promise<void> {
    const enough = new AbortController();
    await Promise.race([delivered.promise, sleep(deliveryMs, enough.signal).catch(() => {})]);
    enough.abort();
  }

  return {
    callback: callback.promise,
    get refusals() {
      return { total: [...reasons.values()].reduce((sum, count) => sum + count, 0), reasons };
    },
    async answer(request, response) {
      const head = { method: request.method ?? '', target: request.url ?? '', headers: request.headers };
      if (head.target === resultPath && head.method === 'GET' && head.headers.host === expected.redirectUri.host) {
        await deliver(response);
        return;
      }
      const judged = judgeRequest(head, expected);
      const verdict = claim(judged.kind === 'form' ? await judgeBody(request, expected) : judged);
      switch (verdict.kind) {
        case 'callback':
          broughtByBrowser = true;
          response.writeHead(303, {
            location: resultPath,
            'cache-control': 'no-store',
            'referrer-policy': 'no-referrer',
          });
          response.end();
          return;
        case 'relay':
          send(response, relayPage());
          return;
        case 'refused':
          refuse(response, verdict.reason);
          return;
        default:
          verdict satisfies { readonly kind: 'form' };
      }
    },
    accept(pasted) {
      const verdict = claim(judgePasted(pasted, expected));
      return verdict.kind === 'refused' ? verdict.reason : undefined;
    },
    finish(result) {
      outcome.resolve(result);
      finished ??= broughtByBrowser ? delivery() : Promise.resolve();
      return finished;
    },
  };
}

async function judgeBody(request: IncomingMessage, expected: Expectation): Promise<Verdict> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxFormBytes) return { kind: 'refused', reason: 'too large' };
    chunks.push(chunk);
  }
  return judgeForm(Buffer.concat(chunks).toString('utf8'), expected);
}

function send(response: ServerResponse, { status, headers, html }: Page): void {
  response.writeHead(status, { ...headers });
  response.end(html);
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
