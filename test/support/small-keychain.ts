import type { Keychain } from '../../src/runtime.ts';

/** A keychain that takes 1,280 UTF-16 units an item, as Windows' does, and that can be made to fail. */
export interface SmallKeychain {
  readonly keychain: Keychain;
  readonly items: Map<string, string>;
  /** From now on the call after `calls` more, and all that follow, fail: as when the process is killed there. */
  failAfter(calls: number): void;
  recover(): void;
  /** Calls since the start. */
  readonly calls: () => number;
}

export function smallKeychain(): SmallKeychain {
  const items = new Map<string, string>();
  let [calls, allowed] = [0, Number.POSITIVE_INFINITY];
  const count = () => {
    calls += 1;
    allowed -= 1;
    if (allowed < 0) throw new Error('Platform failure: the keychain is gone');
  };
  return {
    items,
    calls: () => calls,
    failAfter: (remaining) => {
      allowed = remaining;
    },
    recover: () => {
      allowed = Number.POSITIVE_INFINITY;
    },
    keychain: {
      getPassword: async (_service, account) => {
        count();
        return items.get(account) ?? null;
      },
      setPassword: async (_service, account, password) => {
        count();
        if (password.length > 1_280) throw new Error('Attribute password is longer than platform limit of 2560 chars');
        items.set(account, password);
      },
      deletePassword: async (_service, account) => {
        count();
        return items.delete(account);
      },
    },
  };
}
