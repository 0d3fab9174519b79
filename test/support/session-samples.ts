import { setMaxListeners } from 'node:events';
import { nodeRuntime } from '../../src/machine/node-runtime.ts';
import type { ExpectedSession, Session, SessionIdentity } from '../../src/session/session.ts';
import type { SessionStore } from '../../src/session/session-store.ts';
import type { SessionParts } from '../../src/session/stored-session.ts';
import { stateFolderAt } from './own-folders.ts';
import { testMachine } from './test-runtime.ts';

export const identity: SessionIdentity = {
  profile: 'default',
  issuer: 'https://auth.pingone.eu/0f1e2d3c-0000-4000-8000-000000000001/as',
  environmentId: '0f1e2d3c-0000-4000-8000-000000000001',
  clientId: '0f1e2d3c-0000-4000-8000-000000000002',
};

const apiBase = 'https://api.pingone.eu/v1';

/** The session that is looked for, with the API that it was made for. */
export const expected: ExpectedSession = { ...identity, api: { base: apiBase, from: 'PING14C_API_URL' } };

/** A session whose access token lives `ttlMs` from `now` on. */
export function sampleSession(now: number, ttlMs: number, tokens: Partial<Session['tokens']> = {}): Session {
  return {
    ...identity,
    apiBase,
    subject: '0f1e2d3c-0000-4000-8000-000000000003',
    displayName: 'Ada Lovelace (ada@example.com)',
    signedInAt: now,
    tokens: {
      accessToken: 'access-1',
      expiresAt: now + ttlMs,
      scope: ['openid', 'profile'],
      refreshToken: 'refresh-1',
      idToken: 'id-1',
      ...tokens,
    },
  };
}

/** A store of the test's own, its items in sight, in a machine of the test's own. */
export function sampleParts(): SessionParts & {
  readonly way: readonly string[];
  readonly items: Map<string, string>;
  readonly advance: (ms: number) => void;
} {
  const machine = testMachine({ pausesPass: true });
  const items = new Map<string, string>();
  return {
    runtime: machine.runtime(),
    stateFolder: stateFolderAt(machine.stateFolder),
    way: [identity.issuer],
    items,
    advance: machine.advance,
    store: storeOver(items),
  };
}

/**
 * `sampleParts` for many at one lock: pauses take a tenth of their time, and the holder's heartbeats keep pace with them.
 *
 * `allWait` resolves once so many pauses have begun.
 */
export function queueParts() {
  const parts = sampleParts();
  const { sleep } = nodeRuntime();
  let [pauses, look] = [0, () => {}];
  setMaxListeners(0, parts.runtime.signal);
  const runtime: typeof parts.runtime = {
    ...parts.runtime,
    sleep: (ms, signal) => {
      if (signal === parts.runtime.signal) pauses += 1;
      look();
      return sleep(ms / 10, signal);
    },
  };
  const allWait = (count: number) =>
    new Promise<void>((resolve) => {
      look = () => pauses >= count && resolve();
      look();
    });
  return { ...parts, runtime, allWait };
}

/** Asynchronous as real ones are; `before` may delay or fail a call. */
export function storeOver(
  items: Map<string, string>,
  before: (call: 'read' | 'write' | 'clear') => Promise<void> | void = () => {},
): SessionStore {
  return {
    kind: 'file',
    place: 'a test',
    read: async (account) => {
      await before('read');
      return items.get(account);
    },
    write: async (account, text) => {
      await before('write');
      items.set(account, text);
    },
    clear: async (account) => {
      await before('clear');
      return items.delete(account);
    },
  };
}
