import { randomBytes, randomUUID } from 'node:crypto';
import { ForgetfulMap } from './forgetful-map.ts';

/** A browser's session with PingOne, found by its `ST` cookie; anonymous until somebody has signed on in it. */
export interface SignOnSession {
  /** The `sid` of the tokens issued in it. */
  readonly id: string;
  /** Value of the `ST` cookie; changes at sign-on, so that a cookie planted before it is worth nothing. */
  cookie: string;
  user: SignedOnUser | undefined;
  /** Milliseconds since the epoch, as are all times of the sandbox. */
  readonly createdAt: number;
  activeAt: number;
  expiresAt: number;
  readonly remoteAddress: string;
  readonly userAgent: string;
}

interface SignedOnUser {
  readonly userId: string;
  readonly authenticatedAt: number;
  /** The sign-on policy's name (docs/pingone.md, section 5). */
  readonly acr: string;
  readonly amr: readonly string[];
}

/** A session ends 30 days after the last sign-on (docs/pingone.md, section 4.3). */
const sessionLifetimeMs = 30 * 24 * 60 * 60 * 1000;
/** At most ten sessions of a user are kept; the oldest goes first (docs/pingone.md, section 10). */
const sessionsPerUser = 10;

export interface SignOnSessions {
  open(browser: { readonly remoteAddress: string; readonly userAgent: string }): SignOnSession;
  byId(id: string): SignOnSession | undefined;
  byCookie(cookie: string | undefined): SignOnSession | undefined;
  ofUser(userId: string): readonly SignOnSession[];
  signOn(session: SignOnSession, user: Omit<SignedOnUser, 'authenticatedAt'>): void;
  end(session: SignOnSession): void;
}

export function createSignOnSessions(now: () => number): SignOnSessions {
  /** Each request of a client without cookies opens one; they do not drive out those in which somebody has signed on. */
  const anonymous = new ForgetfulMap<SignOnSession>(now);
  /** At most ten a user. */
  const signedOn = new Map<string, SignOnSession>();
  const alive = (session: SignOnSession | undefined) => (session && session.expiresAt > now() ? session : undefined);
  const all = () => [...signedOn.values(), ...anonymous.values()];
  const ofUser = (userId: string) => [...signedOn.values()].filter(({ user }) => user?.userId === userId);
  return {
    open(browser) {
      const at = now();
      const session: SignOnSession = {
        ...browser,
        id: randomUUID(),
        cookie: newCookie(),
        user: undefined,
        createdAt: at,
        activeAt: at,
        expiresAt: at + sessionLifetimeMs,
      };
      anonymous.set(session.id, session, browser.userAgent.length);
      return session;
    },
    byId: (id) => alive(signedOn.get(id) ?? anonymous.get(id)),
    byCookie: (cookie) => alive(all().find((session) => session.cookie === cookie)),
    ofUser,
    signOn(session, user) {
      const at = now();
      session.cookie = newCookie();
      session.user = { ...user, authenticatedAt: at };
      session.activeAt = at;
      session.expiresAt = at + sessionLifetimeMs;
      anonymous.delete(session.id);
      signedOn.set(session.id, session);
      for (const old of ofUser(user.userId).slice(0, -sessionsPerUser)) signedOn.delete(old.id);
    },
    end({ id }) {
      signedOn.delete(id);
      anonymous.delete(id);
    },
  };
}

function newCookie(): string {
  return randomBytes(32).toString('base64url');
}
