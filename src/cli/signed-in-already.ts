import { safeText } from '../output/safe-text.ts';
import type { Session } from '../session/session.ts';
import { readSession, usableSession } from '../session/stored-session.ts';
import { type ConfiguredContext, expectedSession, sessionParts } from './context.ts';

/**
 * The session that is there already and still good, where the person wants to stay with it. Nobody is asked who cannot answer.
 * A store that fails is no matter here: the sign-in finds out by itself.
 */
export async function keptSession(context: ConfiguredContext): Promise<Session | undefined> {
  const { runtime, output, interactive } = context;
  if (!interactive || output.json) return undefined;
  const expected = expectedSession(context);
  const stored = await sessionParts(context)
    .then((parts) => readSession(parts, expected))
    .catch(() => undefined);
  const session = stored?.kind === 'session' ? usableSession(stored, expected.api) : undefined;
  if (session === undefined || session instanceof Error) return undefined;
  const { expiresAt } = session.tokens;
  if (expiresAt !== undefined && expiresAt <= runtime.now()) return undefined;
  const message = `You are signed in as ${safeText(session.displayName)}. Sign in again?`;
  return (await runtime.prompt.confirm({ message, default: true }, runtime.signal)) ? undefined : session;
}
