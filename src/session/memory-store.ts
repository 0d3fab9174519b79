import type { SessionStore } from './session-store.ts';

/** Keeps sessions for as long as the process lives, and nowhere else. */
export function createMemoryStore(memory: Map<string, string>): SessionStore {
  return {
    kind: 'memory',
    place: 'memory, until this process ends',
    read: async (account) => memory.get(account),
    write: async (account, text) => void memory.set(account, text),
    clear: async (account) => memory.delete(account),
  };
}
