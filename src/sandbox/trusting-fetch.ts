import type { Agent, Response as UndiciResponse } from 'undici';

export interface TrustingFetch {
  readonly fetch: typeof fetch;
  /** Cuts its connections; it makes no more. */
  close(): Promise<void>;
}

/** A `fetch` that trusts one certificate, which Node 20's own cannot be told to. undici is loaded when it is first called. */
export function createTrustingFetch(ca: string): TrustingFetch {
  let made: Promise<{ readonly agent: Agent; readonly send: typeof import('undici').fetch }> | undefined;
  const load = async () => {
    const { Agent, fetch: send } = await import('undici');
    return { agent: new Agent({ connect: { ca } }), send };
  };
  return {
    async fetch(input, init) {
      made ??= load();
      const { agent: dispatcher, send } = await made;
      // Node's own objects are strangers to this undici: it is given texts, bytes and lists.
      const { url, method, headers, body, redirect, signal } = new Request(input, init);
      const sent = body && Buffer.from(await new Response(body).arrayBuffer());
      return nodesOwn(await send(url, { method, headers: [...headers], body: sent, redirect, signal, dispatcher }));
    },
    close: async () => (await made)?.agent.destroy(),
  };
}

/** The same answer as Node's own fetch would give it: an instance of the `Response` that tests and libraries know. */
function nodesOwn(given: UndiciResponse): Response {
  const { status, statusText, headers, body, url, redirected } = given;
  const answer = new Response(body as ReadableStream<Uint8Array> | null, { status, statusText, headers: [...headers] });
  return Object.defineProperties(answer, {
    // They cannot be given to the constructor (Fetch, section 5.5).
    url: { value: url },
    redirected: { value: redirected },
    [madeOf]: { value: given },
  });
}

/** undici cancels the body of a response that nobody holds any more, so this one holds it. */
const madeOf = Symbol('made of');
