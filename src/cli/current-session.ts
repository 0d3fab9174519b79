import { clientOf, endpointsOf } from '../config/settings.ts';
import { Failure } from '../errors.ts';
import type { PingOneClient } from '../pingone/client.ts';
import { freshSession, type Refresh } from '../session/fresh-session.ts';
import type { Session } from '../session/session.ts';
import type { Need } from '../session/token-need.ts';
import {
  authorizationServer,
  type ConfiguredContext,
  connection,
  expectedSession,
  sessionParts,
  wayToServer,
} from './context.ts';
import { afterGrace } from './grace.ts';

/**
 * The session of these settings, with an access token that meets the need and is refreshed where it has to be. Every command
 * that acts for the user begins with this. Only the refresh loads openid-client.
 *
 * @throws Failure `signInNeeded` when there is no session or it has ended.
 */
export async function currentSession(context: ConfiguredContext, need: Need = {}): Promise<Session> {
  const expected = expectedSession(context);
  const way = wayToServer(context, clientOf(context.settings, 'user'));
  const parts = { ...(await sessionParts(context)), way };
  const { runtime } = context;
  const renew: Refresh = async (stored, keepRotated) => {
    const patient = { ...runtime, signal: afterGrace(runtime) };
    const { refresh } = await import('../oidc/refresh.ts');
    return refresh(authorizationServer({ ...context, runtime: patient }), stored, keepRotated, patient);
  };
  const session = await freshSession(parts, expected, renew, need);
  runtime.signal.throwIfAborted();
  return session;
}

/**
 * PingOne's management API as the session's user sees it; a token that it refuses is renewed once.
 *
 * @throws Failure `signInNeeded`, also when somebody else has signed in meanwhile: nobody acts for another user unawares.
 */
export async function pingOne(context: ConfiguredContext, { subject }: Session): Promise<PingOneClient> {
  const { runtime, settings } = context;
  const [{ createClient }, fetch] = await Promise.all([import('../pingone/client.ts'), connection(context)]);
  const { environmentApi } = endpointsOf(settings);
  const accessToken = async (rejected?: string) => {
    const session = await currentSession(context, rejected === undefined ? {} : { rejected });
    if (session.subject === subject) return session.tokens.accessToken;
    throw new Failure('signInNeeded', 'Somebody else has signed in since. Nothing was changed.', {
      code: 'user_changed',
      hint: 'If that is right, run the command again.',
    });
  };
  return createClient({ fetch, runtime, environmentApi, accessToken });
}
