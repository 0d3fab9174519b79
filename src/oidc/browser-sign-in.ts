import { type Deadline, startDeadline } from '../deadline.ts';
import { Failure } from '../errors.ts';
import type { Certificate } from '../loopback/certificate.ts';
import { type Listener, listen, type Notice } from '../loopback/listener.ts';
import { readPastedRedirects } from '../loopback/pasted-redirect.ts';
import { surroundings, waysToReach } from '../loopback/surroundings.ts';
import type { Output } from '../output/output.ts';
import { safeText } from '../output/safe-text.ts';
import { duration } from '../output/time.ts';
import type { Runtime } from '../runtime.ts';
import { ping14c, type Wording, wording } from '../wording.ts';
import { authorizationRequest, freshSecrets, type SignInSecrets, type SignInWishes } from './authorization-request.ts';
import type { BrowserFlow } from './browser-flow.ts';
import type { AuthorizationServerClient } from './client.ts';
import type { ImplicitResponseType } from './client-settings.ts';
import type { AuthorizationRequest } from './protocol-events.ts';
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

export interface SignIn<Kept = unknown> {
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
  /** Whether a browser is started; otherwise the URL is shown and somebody else opens it. */
  readonly opensBrowser: boolean;
  /** Whether a person may paste the redirect URL into the terminal. */
  readonly takesPaste: boolean;
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
  const notice = (seen: Notice) => output.note(noticeWords(seen, redirectUri, certificate !== undefined));
  const deadline = startDeadline(timeoutMs, runtime);
  try {
    const signal = AbortSignal.any([runtime.signal, deadline.signal]);
    const { state } = secrets;
    const { responseMode } = flow;
    const usedHint = output.spelled(wording`To sign in again, run ${ping14c('login')}.`);
    const listener = await listen({ redirectUri, state, responseMode, certificate, signal, usedHint, notice }, runtime);
    try {
      return await signInAt(listener, { ...wanted, flow, secrets, deadline }, runtime, output);
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

  const takesPaste = wanted.takesPaste && flow.responseMode !== 'form_post';
  // The paste is read before the browser starts, because that may take a while.
  if (takesPaste) readPastedRedirects(listener, runtime.stdin, output.note);
  await sendToBrowser({ ...wanted, takesPaste }, request, listener, runtime, output);

  const callback = await listener.callback;
  wanted.deadline.end();
  server.observe({ kind: 'callback', callback });
  const grant = await flow.redeem(server, callback, request, runtime);
  // Somebody who has pressed Ctrl-C by now does not want a session (docs/security.md, rule 17).
  runtime.signal.throwIfAborted();
  const kept = await wanted.keep(grant);
  await listener.finish(successOutcome(grant, { ...wanted, ...server.settings }, output));
  return kept;
}

/** The URL is on the screen before the browser starts, so that a browser that fails does not end the sign-in. */
async function sendToBrowser(
  wanted: SignIn,
  request: AuthorizationRequest,
  listener: Listener,
  runtime: Runtime,
  output: Output,
): Promise<void> {
  const ways = waysToReach(surroundings(runtime), { ...listener, takesPaste: wanted.takesPaste });
  for (const line of linesBeforeBrowser(wanted, request, listener, ways)) output.note(line);
  if (!wanted.opensBrowser) return;
  const launch = await runtime.openBrowser(request.url);
  if (launch.kind === 'failed')
    output.warn(`The browser could not be started: ${launch.reason}. Open the address above.`);
}

function timedOut(timeoutMs: number, { refusals }: Listener): Failure {
  return new Failure('unreachable', `Nobody signed in within ${duration(timeoutMs)}.${refusedCallbacks(refusals)}`, {
    code: 'sign_in_timeout',
    hint: wording`Run ${ping14c('login')} again; --timeout allows more time.`,
  });
}

/**
 * All that is said before the browser opens.
 *
 * @param ways how a browser elsewhere reaches this machine; none where it is surely on this one
 */
function linesBeforeBrowser(
  { certificate, timeoutMs, opensBrowser, takesPaste }: SignIn,
  { url, pushed }: AuthorizationRequest,
  { redirectUri, fingerprint256 }: Listener,
  ways: readonly Wording[],
): readonly Wording[] {
  return [
    `Waiting at ${safeText(redirectUri)} for ${duration(timeoutMs)}.`,
    ...(fingerprint256 ? certificateLines(fingerprint256, redirectUri, certificate !== undefined) : []),
    ...ways,
    opensBrowser ? 'Opening your browser to sign in at:' : 'To sign in, open this address in a browser:',
    safeText(url),
    ...(pushed
      ? ['The request was pushed to the server beforehand: the address works once, and only for about a minute.']
      : []),
    ...(takesPaste && ways.length === 0 ? ['Browser on another machine? Paste the address here that it ends on.'] : []),
  ];
}

/**
 * What a person must know before the browser shows a warning: whose certificate it is, and what to click.
 *
 * @param isTrusted whether the certificate is one that browsers are expected to accept
 */
function certificateLines(fingerprint256: string, redirectUri: string, isTrusted: boolean): readonly Wording[] {
  if (isTrusted) return [`Certificate (SHA-256): ${fingerprint256}`];
  const { hostname } = new URL(redirectUri);
  return [
    `Afterwards the browser will say that the connection to ${hostname} is not private: its certificate was made a moment ago, for this sign-in only.`,
    `Choose "Advanced", then "Proceed to ${hostname}" (Firefox: "Accept the Risk and Continue"; Safari: "Show Details", "visit this website").`,
    `The certificate's SHA-256 fingerprint: ${fingerprint256}`,
    wording`${ping14c('trust')} makes browsers on this machine accept it without this warning.`,
  ];
}

/** @param isTrusted whether the certificate is one that the browser was expected to accept */
function noticeWords(notice: Notice, redirectUri: string, isTrusted: boolean): Wording {
  const { hostname } = new URL(redirectUri);
  switch (notice) {
    case 'certificateRefused':
      if (isTrusted) {
        return wording`The browser does not accept the certificate. Where it shows the fingerprint above, choose "Advanced", then "Proceed to ${hostname}"; ${ping14c('trust')} makes browsers accept ping14c's own.`;
      }
      return `The browser shows its warning now. Choose "Advanced", then "Proceed to ${hostname}"; the sign-in goes on.`;
    case 'plainHttp':
      return 'Something came by http and was turned away; this listener speaks https. The sign-in goes on.';
    default:
      return notice satisfies never;
  }
}

/** How many requests came that were not the callback, by reason: they tell a wrong redirect URI from nobody there. */
function refusedCallbacks({ total, reasons }: Listener['refusals']): string {
  if (total === 0) return '';
  const named = [...reasons].map(([reason, count]) => `${reason} ×${count}`).join(', ');
  return ` ${total === 1 ? 'One request was' : `${total} requests were`} refused meanwhile (${named}).`;
}
