import { type Deadline, startDeadline } from '../deadline.ts';
import { Failure } from '../errors.ts';
import type { Certificate } from '../loopback/certificate.ts';
import { type Listener, listen, type Notice } from '../loopback/listener.ts';
import type { Output } from '../output/output.ts';
import { duration } from '../output/time.ts';
import type { Runtime } from '../runtime.ts';
import { ping14c, wording } from '../wording.ts';
import { authorizationRequest, freshSecrets, type SignInSecrets, type SignInWishes } from './authorization-request.ts';
import { type BrowserVisit, type Manner, noticeWords, visitByBrowser } from './browser-conversation.ts';
import type { BrowserFlow } from './browser-flow.ts';
import type { AuthorizationServerClient } from './client.ts';
import type { ImplicitResponseType } from './client-settings.ts';
import { failureOutcome, successOutcome } from './sign-in-outcome.ts';
import type { UserGrant } from './user-grant.ts';

/** The flow of each grant; a grant's file is loaded when it is asked for. */
const flows = {
  authorization_code: async () => (await import('./authorization-code.ts')).authorizationCode,
  implicit: async ({ server, responseType, opensBrowser }: FlowChoice) => {
    const { implicit, postsAnswers } = await import('./implicit.ts');
    // What is posted cannot be pasted, so where somebody else opens the browser the answer comes in the fragment.
    return implicit(responseType, opensBrowser && postsAnswers(server));
  },
} as const satisfies Readonly<Record<string, (wanted: FlowChoice) => Promise<BrowserFlow>>>;

type BrowserGrant = keyof typeof flows;

/** What decides the flow. */
type FlowChoice = Pick<SignIn, 'server' | 'grant' | 'responseType' | 'opensBrowser'>;

export function flowOf(wanted: FlowChoice): Promise<BrowserFlow> {
  return flows[wanted.grant](wanted);
}

export interface SignIn<Kept = unknown> extends Pick<BrowserVisit, 'opensBrowser'> {
  readonly server: AuthorizationServerClient;
  /** Named to the person on the page that the browser ends on. */
  readonly environmentId: string;
  readonly grant: BrowserGrant;
  /** What the implicit grant asks for; the code grant has one response type only. */
  readonly responseType: ImplicitResponseType;
  readonly wishes: SignInWishes;
  /** Whether the authorization request is pushed first (RFC 9126); it is anyway where the server demands it. */
  readonly pushed: boolean;
  readonly redirectUri: string;
  /** One that browsers are expected to accept; without it one is made for this sign-in, and the person told of the warning. */
  readonly certificate?: Certificate | undefined;
  readonly timeoutMs: number;
  /** What is signed in to, in a line. */
  readonly title: string;
  readonly manner: Manner;
  /** Tries the authorization request before the browser goes there; rejects when it cannot work. */
  readonly preflight?: ((url: string) => Promise<void>) | undefined;
  /** Keeps the session. The browser is told of success only when this has resolved. */
  readonly keep: (grant: UserGrant) => Promise<Kept>;
}

/**
 * Signs a user in through the browser.
 *
 * 1. Listen.
 * 2. Build the URL, and try it.
 * 3. Tell the person, start the browser.
 * 4. Wait for the callback.
 * 5. Redeem and verify it.
 * 6. Keep the session.
 * 7. Tell the browser.
 *
 * @returns what `keep` has made of the grant
 * @throws Failure `refused` when the person or the server said no, `unreachable` when the deadline passed.
 */
export async function signIn<Kept>(wanted: SignIn<Kept>, runtime: Runtime, output: Output): Promise<Kept> {
  const { redirectUri, certificate, timeoutMs } = wanted;
  const flow = await flowOf(wanted);
  const secrets = freshSecrets();
  const fingerprint256 = certificate?.fingerprint256;
  const notice = (seen: Notice) =>
    output.note(
      output.paintNote.yellow(
        output.spelled(noticeWords(seen, { redirectUri, fingerprint256 }, certificate !== undefined)),
      ),
    );
  const endsAt = runtime.now() + timeoutMs;
  const deadline = startDeadline(timeoutMs, runtime);
  try {
    const signal = AbortSignal.any([runtime.signal, deadline.signal]);
    const { state } = secrets;
    const { responseMode } = flow;
    const usedHint = output.spelled(wording`To sign in again, run ${ping14c('login')}.`);
    const listener = await listen({ redirectUri, state, responseMode, certificate, signal, usedHint, notice }, runtime);
    try {
      return await signInAt(listener, { ...wanted, flow, secrets, deadline, endsAt }, runtime, output);
    } catch (error) {
      const reason = deadline.signal.aborted ? timedOut(timeoutMs, listener) : error;
      await listener.finish(failureOutcome(reason, output));
      throw reason;
    } finally {
      await listener.close();
    }
  } finally {
    deadline.end();
  }
}

interface PreparedSignIn<Kept> extends SignIn<Kept> {
  readonly flow: BrowserFlow;
  readonly secrets: SignInSecrets;
  readonly deadline: Deadline;
  /** Milliseconds since the epoch. */
  readonly endsAt: number;
}

/** Steps 2 to 7. */
async function signInAt<Kept>(
  listener: Listener,
  wanted: PreparedSignIn<Kept>,
  runtime: Runtime,
  output: Output,
): Promise<Kept> {
  const { server, wishes, flow, secrets, pushed } = wanted;
  const { redirectUri, fingerprint256 } = listener;
  server.observe({ kind: 'listening', redirectUri, fingerprint256 });
  const request = await authorizationRequest(server, wishes, flow.parameters, secrets, { redirectUri, pushed });
  server.observe({ kind: 'authorizationRequest', request });
  await wanted.preflight?.(request.url);

  const { title, manner, opensBrowser, endsAt } = wanted;
  const trusted = wanted.certificate !== undefined;
  // What is posted cannot be pasted.
  const takesPaste = flow.responseMode !== 'form_post';
  const visit = { ...manner, title, endsAt, opensBrowser, takesPaste, trusted };
  const callback = await visitByBrowser(visit, request, listener, runtime, output);
  wanted.deadline.end();
  server.observe({ kind: 'callback', callback });
  const grant = await flow.redeem(server, callback, request, runtime);
  // Somebody who has pressed Ctrl-C by now does not want a session (docs/security.md, rule 17).
  runtime.signal.throwIfAborted();
  const kept = await wanted.keep(grant);
  await listener.finish(successOutcome(grant, { ...wanted, ...server.settings }, output));
  return kept;
}

function timedOut(timeoutMs: number, { refusals }: Listener): Failure {
  return new Failure('unreachable', `Nobody signed in within ${duration(timeoutMs)}.${refusedCallbacks(refusals)}`, {
    code: 'sign_in_timeout',
    hint: wording`Run ${ping14c('login')} again; --timeout allows more time.`,
  });
}

/** How many requests came that were not the callback, by reason: they tell a wrong redirect URI from nobody there. */
function refusedCallbacks({ total, reasons }: Listener['refusals']): string {
  if (total === 0) return '';
  const named = [...reasons].map(([reason, count]) => `${reason} ×${count}`).join(', ');
  return ` ${total === 1 ? 'One request was' : `${total} requests were`} refused meanwhile (${named}).`;
}
