import type { Agent } from 'undici';

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
      const answer = await send(url, { method, headers: [...headers], body: sent, redirect, signal, dispatcher });
      return answer as unknown as Response;
    },
    close: async () => (await made)?.agent.destroy(),
  };
}
