import type { ReceiptLine } from '../auth/logout-receipt.ts';
import { stateFolder } from '../config/folders.ts';
import { messageOf } from '../errors.ts';
import { type IndexEntry, listIndex } from '../session/account-index.ts';
import { clearCachedTokens } from '../session/client-credentials-cache.ts';
import { openStore } from '../session/open-store.ts';
import type { Session } from '../session/session.ts';
import { clearSession } from '../session/stored-session.ts';
import { accountSettings } from './account-settings.ts';
import type { Workplace } from './invocation.ts';
import { accessTokenLines, leftLines, localLine, signOut } from './sign-out.ts';

/** What became of one thing that was stored. */
export interface Receipt {
  readonly entry: IndexEntry;
  /** Where it was kept, in words. */
  readonly place: string;
  readonly lines: readonly ReceiptLine[];
}

interface Cleared extends Receipt {
  /** To be ended at the server, too. */
  readonly session?: Session;
}

/**
 * Forgets every session and application token of this state folder, whatever profile and store it is in, and then ends at
 * the servers what can be ended. What fails is a line of the receipt, and does not stop the rest.
 */
export async function signOutEverywhere(workplace: Workplace): Promise<readonly Receipt[]> {
  const entries = await listIndex(stateFolder(workplace));
  const cleared: Cleared[] = [];
  // One after the other: each may ask the keychain, which may ask the person.
  for (const entry of entries) cleared.push(await clear(workplace, entry));
  return Promise.all(
    cleared.map(async ({ session, ...receipt }) => {
      if (!session) return receipt;
      return { ...receipt, lines: [...receipt.lines, ...(await endElsewhere(workplace, receipt.entry, session))] };
    }),
  );
}

async function clear(workplace: Workplace, entry: IndexEntry): Promise<Cleared> {
  const { runtime } = workplace;
  const thing = entry.kind === 'session' ? 'session' : 'applicationToken';
  const folder = stateFolder(workplace);
  try {
    const store = await openStore(entry.store, runtime, folder);
    const parts = { runtime, store, stateFolder: folder };
    if (entry.kind === 'session') {
      const found = await clearSession(parts, entry);
      const session = found.kind === 'session' ? { session: found.session } : {};
      return { entry, place: store.place, lines: [localLine(found)], ...session };
    }
    const { removed, tokens } = await clearCachedTokens(parts, entry.account);
    const left = tokens ? accessTokenLines(tokens, runtime.now()) : [];
    return { entry, place: store.place, lines: [{ thing, outcome: removed ? 'cleared' : 'none' }, ...left] };
  } catch (error) {
    // An interruption is no answer: it ends the command.
    if (!(error instanceof Error)) throw error;
    return { entry, place: entry.store, lines: [{ thing, outcome: 'failed', reason: messageOf(error) }] };
  }
}

async function endElsewhere(
  workplace: Workplace,
  entry: IndexEntry,
  session: Session,
): Promise<readonly ReceiptLine[]> {
  try {
    const settings = await accountSettings(workplace, entry);
    // Nobody is asked for a secret for each of them.
    return await signOut({ ...workplace, interactive: false, settings }, session);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return leftLines(session.tokens, messageOf(error), workplace.runtime.now());
  }
}
