import { Failure } from '../errors.ts';
import type { HeldLock } from '../files/lock.ts';
import type { TokenSet } from '../oidc/token-set.ts';
import { ping14c, wording } from '../wording.ts';
import { addToIndex, removeFromIndex } from './account-index.ts';
import type { SessionIdentity } from './session.ts';
import { withSessionLock } from './session-lock.ts';
import { type OnTheWay, sharedFailure, shareFailure } from './shared-failure.ts';
import { accountName, narrowTokens, parseRecord, serializeRecord } from './stored-record.ts';
import type { SessionParts } from './stored-session.ts';
import { isComfortable, isGoodEnough, type Need, needAfter } from './token-need.ts';

/** All that an application's token depends on: where one of these differs, it is another token. */
export interface ClientCredentialsKey extends SessionIdentity {
  readonly authMethod: string;
  /** The scope that is asked for; empty for worker applications, whose roles decide. */
  readonly scope: string;
  /** The secret, or the key's file: after a rotation a token must show that the new one works. Only a hash of it is kept. */
  readonly credential?: string | undefined;
}

interface CachedTokens {
  readonly tokens: TokenSet;
  /** Why they are not kept, or what was kept cannot be read: worth a warning, since each call asks the server then. */
  readonly problem?: Failure;
}

/**
 * An application's token (RFC 6749, section 4.4), from the store while it is good, else obtained by one process for all
 * that wait. Apart from the user's session, in the same store. A store that fails does not keep the token from the caller.
 *
 * @throws Failure what `obtain` rejects with
 */
export async function cachedTokens(
  parts: SessionParts & OnTheWay,
  key: ClientCredentialsKey,
  obtain: () => Promise<TokenSet>,
  wanted: Need = {},
  signal: AbortSignal = parts.runtime.signal,
): Promise<CachedTokens> {
  const account = accountOfClient(key);
  const { runtime, store, stateFolder, way } = parts;
  const asked: { tokens?: TokenSet; refusal?: unknown } = {};
  try {
    const before = await look();
    const need = needAfter(wanted, before);
    if (before && isComfortable(before, need, runtime.now())) return { tokens: before };
    return await withSessionLock(
      account,
      parts,
      async (lock) => {
        const found = await look();
        const justIssued = found?.accessToken !== before?.accessToken;
        if (found && isGoodEnough(found, justIssued, need, runtime.now())) return { tokens: found };
        const told = await sharedFailure(lock, way);
        if (told) throw refused(told);
        const tokens = await ask(lock);
        // The process that has overtaken us keeps its own tokens.
        if (await lock.isHeld()) await keep(tokens);
        return { tokens };
      },
      signal,
    );
  } catch (error) {
    if (error === asked.refusal) throw error;
    if (signal.aborted) throw signal.reason;
    if (!(error instanceof Failure)) throw error;
    return { tokens: asked.tokens ?? (await obtain()), problem: error };
  }

  async function look(): Promise<TokenSet | undefined> {
    const text = await store.read(account).catch((error: unknown) => {
      // A damaged item is not used and written anew, and so is a plain one where there is a passphrase by now.
      if (error instanceof Failure && error.kind === 'signInNeeded') return undefined;
      throw error;
    });
    if (text === undefined) return undefined;
    const record = parseRecord(text);
    const tokens = 'members' in record ? narrowTokens(record.members['tokens']) : undefined;
    if (tokens) return tokens;
    // What cannot be read is left as it is (docs/security.md, rule 24).
    throw new Failure('failed', 'The stored application token cannot be read. It was left as it is.', {
      code: 'cache_unreadable',
      hint: wording`Remove it with ${ping14c('logout --all')}.`,
    });
  }

  async function ask(lock: HeldLock): Promise<TokenSet> {
    try {
      asked.tokens = await obtain();
      return asked.tokens;
    } catch (error) {
      if (error instanceof Failure) await shareFailure(lock, way, error, [key.credential]);
      throw refused(error);
    }
  }

  function refused(error: unknown): unknown {
    asked.refusal = error;
    return error;
  }

  async function keep(tokens: TokenSet): Promise<void> {
    const { profile, issuer, environmentId, clientId } = key;
    const belongs = { profile, issuer, environmentId, clientId };
    await addToIndex(stateFolder, { kind: 'client-credentials', account, store: store.kind, ...belongs });
    await store.write(account, serializeRecord({ tokens }));
  }
}

/** Forgets an application's tokens and returns them; what cannot be read goes too. @param account from `listIndex` */
export async function clearCachedTokens(
  { store, stateFolder, runtime }: SessionParts,
  account: string,
): Promise<{ readonly removed: boolean; readonly tokens: TokenSet | undefined }> {
  return withSessionLock(account, { runtime, stateFolder }, async () => {
    const text = await store.read(account).catch(() => undefined);
    const record = parseRecord(text ?? '');
    const removed = await store.clear(account);
    await removeFromIndex(stateFolder, { account, store: store.kind });
    return { removed, tokens: 'members' in record ? narrowTokens(record.members['tokens']) : undefined };
  });
}

function accountOfClient(key: ClientCredentialsKey): string {
  const { profile, issuer, environmentId, clientId, authMethod, credential = '' } = key;
  const scopes = key.scope.split(' ').filter(Boolean).sort().join(' ');
  const belongs = [profile, issuer, environmentId, clientId, authMethod, scopes, credential];
  return accountName('app', ['client-credentials', ...belongs]);
}
