import { randomState } from 'openid-client';
import { Failure, messageOf } from '../errors.ts';
import type { Certificate } from '../loopback/certificate.ts';
import { type Listener, listen, type Notice } from '../loopback/listener.ts';
import type { Outcome } from '../loopback/pages.ts';
import { readPastedRedirects } from '../loopback/pasted-redirect.ts';
import { surroundings, waysToReach } from '../loopback/surroundings.ts';
import type { Output } from '../output/output.ts';
import { safeText } from '../output/safe-text.ts';
import { duration } from '../output/time.ts';
import type { Runtime } from '../runtime.ts';
import { authorizationRequest, type SignInWishes } from './authorization-request.ts';
import type { AuthorizationServerClient } from './client.ts';
import { displayNameOf } from './id-token.ts';
import type { AuthorizationRequest } from './protocol-events.ts';
import type { ImplicitResponseType } from './sign-in-grants.ts';
import type { BrowserFlow, UserGrant } from './user-grant.ts';

/** The flow of each grant; a grant's file is loaded when it is asked for. */
const flows = {
  authorization_code: async () => (await import('./authorization-code.ts')).authorizationCode,
  implicit: async ({ client, responseType, opensBrowser }: FlowChoice) => {
    const { implicit, postsAnswers } = await import('./implicit.ts');
    // What is posted cannot be pasted, so where somebody else opens the browser the answer comes in the fragment.
    return implicit(responseType, opensBrowser && postsAnswers(client));
  },
} as const satisfies Readonly<Record<string, (wanted: FlowChoice) => Promise<BrowserFlow>>>;

type BrowserGrant = keyof typeof flows;

/** What decides the flow. */
type FlowChoice = Pick<SignIn, 'client' | 'grant' | 'responseType' | 'opensBrowser'>;

export function flowOf(wanted: FlowChoice): Promise<BrowserFlow> {
  return flows[wanted.grant](wanted);
}

export interface SignIn<Kept = unknown> {
  readonly client: AuthorizationServerClient;
  readonly grant: BrowserGrant;
  /** Of the implicit grant. */
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
 * 1. Listen. 2. Build the URL. 3. Tell the person, start the browser. 4. Wait for the callback. 5. Redeem and verify.
 * 6. Keep the session. 7. Tell the browser.
 *
 * @returns what `keep` has made of the grant
 * @throws Failure `refused` when the person or the server said no, `unreachable` when the deadline passed.
 */
export async function signIn<Kept>(wanted: SignIn<Kept>, runtime: Runtime, output: Output): Promise<Kept> {
  const deadline = startDeadline(runtime, wanted.timeoutMs);
  try {
    return await signInBefore(deadline, wanted, runtime, output);
  } finally {
    deadline.end();
  }
}

async function signInBefore<Kept>(
  deadline: Deadline,
  wanted: SignIn<Kept>,
  runtime: Runtime,
  output: Output,
): Promise<Kept> {
  const { client, wishes, redirectUri, certificate } = wanted;
  const flow = await flowOf(wanted);
  const state = randomState();
  const signal = AbortSignal.any([runtime.signal, deadline.signal]);
  const notice = (seen: Notice) => output.note(noticeWords(seen, redirectUri, certificate !== undefined));
  const listener = await listen(
    { redirectUri, state, responseMode: flow.responseMode, signal, notice, ...(certificate ? { certificate } : {}) },
    runtime,
  );
  try {
    const { redirectUri: listeningAt, fingerprint256 } = listener;
    client.observe({ kind: 'listening', redirectUri: listeningAt, fingerprint256 });
    // The library normalizes the URI that it sends to the token endpoint, and the two must be the same (RFC 6749, section 4.1.3).
    const sentTo = { redirectUri: new URL(listener.redirectUri).href, state, push: wanted.pushed };
    const request = await authorizationRequest(client, wishes, flow.parameters, sentTo);
    client.observe({ kind: 'authorizationRequest', request });
    if (!request.pushed) await wanted.preflight?.(request.url);
    const takesPaste = wanted.takesPaste && flow.responseMode !== 'form_post';
    // The paste is read before the browser starts, because that may take a while.
    if (takesPaste) readPastedRedirects(listener, runtime.stdin, output.note);
    await sendToBrowser({ ...wanted, takesPaste }, request, listener, runtime, output);
    const callback = await listener.callback;
    deadline.end();
    client.observe({ kind: 'callback', callback });
    const grant = await flow.redeem(client, callback, request, runtime);
    // Somebody who has pressed Ctrl-C by now does not want a session (docs/security.md, rule 17).
    runtime.signal.throwIfAborted();
    const kept = await wanted.keep(grant);
    await listener.finish(successPage(displayNameOf(grant.claims), client.settings.issuer));
    return kept;
  } catch (error) {
    const reason = deadline.signal.aborted ? timedOut(wanted.timeoutMs, listener) : error;
    await listener.finish(failurePage(reason));
    throw reason;
  } finally {
    await listener.close();
  }
}

/** The URL is on the screen before the browser starts, so that a browser that fails does not end the sign-in. */
async function sendToBrowser(
  { opensBrowser, takesPaste, timeoutMs, certificate }: SignIn,
  { url, pushed }: AuthorizationRequest,
  { redirectUri, fingerprint256 }: Listener,
  runtime: Runtime,
  output: Output,
): Promise<void> {
  const trusted = certificate !== undefined;
  const ways = waysToReach(surroundings(runtime), { redirectUri, takesPaste });
  const sight = { url, pushed, redirectUri, fingerprint256, trusted, timeoutMs, opensBrowser, takesPaste, ways };
  for (const line of beforeTheBrowser(sight)) output.note(line);
  if (!opensBrowser) return;
  const launch = await runtime.openBrowser(url);
  if (launch.kind === 'failed')
    output.warn(`The browser could not be started: ${launch.reason}. Open the address above.`);
}

interface Deadline {
  /** Aborted when the time is over. */
  readonly signal: AbortSignal;
  /** Stops the clock. */
  end(): void;
}

function startDeadline(runtime: Runtime, timeoutMs: number): Deadline {
  const passed = new AbortController();
  const ended = new AbortController();
  runtime.sleep(timeoutMs, ended.signal).then(
    () => passed.abort('deadline'),
    () => {},
  );
  return { signal: passed.signal, end: () => ended.abort() };
}

function timedOut(timeoutMs: number, { refusals }: Listener): Failure {
  return new Failure('unreachable', `Nobody signed in within ${duration(timeoutMs)}.${refusedCallbacks(refusals)}`, {
    code: 'sign_in_timeout',
    hint: 'Run "ping14c login" again; --timeout allows more time.',
  });
}

function failurePage(reason: unknown) {
  if (!(reason instanceof Error))
    return { kind: 'failure', message: 'The sign-in was ended in the terminal.' } as const;
  const denied = reason instanceof Failure && reason.code === 'access_denied';
  const hint = reason instanceof Failure ? reason.hint : undefined;
  return { kind: denied ? 'denied' : 'failure', message: messageOf(reason), hint } as const;
}

/** What a person must know before the browser shows a warning: whose certificate it is, and what to click. */
function beforeTheBrowser(sight: {
  readonly url: string;
  /** Whether the URL only refers to a request that the server has. */
  readonly pushed: boolean;
  readonly redirectUri: string;
  readonly fingerprint256: string | undefined;
  /** Whether the certificate is one that the browser is expected to accept. */
  readonly trusted: boolean;
  readonly timeoutMs: number;
  readonly opensBrowser: boolean;
  readonly takesPaste: boolean;
  /** How a browser elsewhere reaches this machine; none where it is surely on this one. */
  readonly ways: readonly string[];
}): readonly string[] {
  const { hostname } = new URL(sight.redirectUri);
  const warning = [
    `Afterwards the browser will say that the connection to ${hostname} is not private: its certificate was made a moment ago, for this sign-in only.`,
    `Choose "Advanced", then "Proceed to ${hostname}" (Firefox: "Accept the Risk and Continue"; Safari: "Show Details", "visit this website").`,
    `The certificate's SHA-256 fingerprint: ${sight.fingerprint256}`,
    '"ping14c trust" makes browsers on this machine accept it without this warning.',
  ];
  const certificate = sight.trusted ? [`Certificate (SHA-256): ${sight.fingerprint256}`] : warning;
  return [
    `Waiting at ${safeText(sight.redirectUri)} for ${duration(sight.timeoutMs)}.`,
    ...(sight.fingerprint256 ? certificate : []),
    ...sight.ways,
    sight.opensBrowser ? 'Opening your browser to sign in at:' : 'To sign in, open this address in a browser:',
    safeText(sight.url),
    ...(sight.pushed
      ? ['The request was pushed to the server beforehand: the address works once, and only for about a minute.']
      : []),
    ...(sight.takesPaste && sight.ways.length === 0
      ? ['Browser on another machine? Paste the address here that it ends on.']
      : []),
  ];
}

/** @param trusted whether the certificate is one that the browser was expected to accept */
function noticeWords(notice: Notice, redirectUri: string, trusted: boolean): string {
  const { hostname } = new URL(redirectUri);
  switch (notice) {
    case 'certificateRefused':
      if (trusted) {
        return `The browser does not accept the certificate. Where it shows the fingerprint above, choose "Advanced", then "Proceed to ${hostname}"; "ping14c trust" makes browsers accept ping14c's own.`;
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

function successPage(person: string, issuer: string): Outcome {
  return { kind: 'success', person, facts: [{ label: 'Issuer', value: issuer }] };
}
