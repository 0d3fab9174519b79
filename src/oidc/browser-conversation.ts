import type { Listener, Notice } from '../loopback/listener.ts';
import { takePasted } from '../loopback/pasted-redirect.ts';
import { staysReachable, surroundings, waysToReach } from '../loopback/surroundings.ts';
import { copyText } from '../output/clipboard.ts';
import { startCountdown } from '../output/countdown.ts';
import type { Output } from '../output/output.ts';
import { safeText } from '../output/safe-text.ts';
import { linked } from '../output/terminal-links.ts';
import { clock, duration } from '../output/time.ts';
import type { Runtime, Typed } from '../runtime.ts';
import { ping14c, type Wording, wording } from '../wording.ts';
import type { AuthorizationRequest } from './protocol-events.ts';

/** How the person is spoken to. */
export interface Manner {
  /** Whether a person is at the keyboard: keys are heard then, and a redirect URL may be pasted. */
  readonly keyboard: boolean;
  /** Whether a browser that is started here shows its window to that person. */
  readonly screen: boolean;
  /** Whether somebody has signed in here before: who knows the way is told less. */
  readonly knowsWay: boolean;
  /** Whether all is told, wanted or not. */
  readonly verbose: boolean;
}

/** One sign-in in a browser, as far as the person has to know of it. */
export interface BrowserVisit extends Manner {
  /** What is signed in to, in a line. */
  readonly title: string;
  /** Milliseconds since the epoch. */
  readonly endsAt: number;
  /** Whether a browser is started; otherwise the address is shown and somebody else opens it. */
  readonly opensBrowser: boolean;
  /** Whether the answer comes in the address, so that it can be pasted. */
  readonly takesPaste: boolean;
  /** Whether the listener's certificate is one that browsers are expected to accept. */
  readonly trusted: boolean;
}

/** Without a callback by then, in milliseconds, the address is shown: the browser may not be the one that was meant. */
const patienceMs = 20_000;

/** So much of a fingerprint is enough to compare: eight bytes. */
const comparedLength = 23;

/**
 * Brings the person's browser to the server, and waits for it to come back. What is needed by the way is said when it is needed;
 * by the keys `u` and `c` the address can be had at any time.
 *
 * @returns the callback
 * @throws what the listener's callback rejects with
 */
export async function visitByBrowser(
  visit: BrowserVisit,
  request: AuthorizationRequest,
  listener: Listener,
  runtime: Runtime,
  output: Output,
): Promise<URL> {
  const at: Place = { visit, request, listener, runtime, output, address: addressTeller(request, listener, output) };
  const pressed = enterKey();
  const visited = async (): Promise<URL> => {
    tellWay(at);
    const isBack = asksForEnter(at) && (await backBeforeEnter(at, pressed.come));
    return isBack ? listener.callback : outAndBack(at);
  };
  // What is pasted in answer to what is said is heard, because all is said inside.
  return visit.keyboard ? runtime.prompt.hearing((typed) => answerTo(typed, at, pressed.press), visited) : visited();
}

interface Place {
  readonly visit: BrowserVisit;
  readonly request: AuthorizationRequest;
  readonly listener: Listener;
  readonly runtime: Runtime;
  readonly output: Output;
  readonly address: AddressTeller;
}

/** Tells the address, and the whole fingerprint by which its end can be checked. */
interface AddressTeller {
  /** Unasked, hence once. @param why in a line before it */
  tell(why: string): void;
  tellAgain(): void;
}

function addressTeller(
  { url, pushed }: AuthorizationRequest,
  { fingerprint256 }: Listener,
  { note }: Output,
): AddressTeller {
  let isTold = false;
  const fingerprint = fingerprint256 ? [`The certificate’s SHA-256 fingerprint: ${fingerprint256}`] : [];
  const limits = pushed ? ['It was pushed to the server: the address works once, and only for about a minute.'] : [];
  const say = (lines: readonly string[]) => {
    isTold = true;
    for (const line of lines) note(line);
  };
  return {
    tell: (why) => {
      if (!isTold) say([...fingerprint, why, safeText(url), ...limits]);
    },
    tellAgain: () => say([...fingerprint, safeText(url)]),
  };
}

/** What the person must know before the browser opens. */
function tellWay({ visit, listener, runtime, output, address }: Place): void {
  const { note, spelled, paintNote } = output;
  const { opensBrowser, knowsWay } = visit;
  const takesPaste = visit.keyboard && visit.takesPaste;
  const where = surroundings(runtime);
  const ways = knowsWay && staysReachable(where) ? [] : waysToReach(where, { ...listener, takesPaste });
  note(visit.title);
  if (willWarn(visit, listener))
    for (const line of warningLines(listener, visit)) note(paintNote.yellow(spelled(line)));
  for (const line of ways) note(line);
  if (!opensBrowser) address.tell('To sign in, open this address in a browser:');
  else if (visit.verbose || !visit.screen || !runtime.stderr.isTTY) {
    address.tell('Your browser is sent to this address:');
  }
  if (!opensBrowser && takesPaste && ways.length === 0) {
    note('Is the browser on another machine? Paste the address here that it ends on.');
  }
}

/** Whether the browser will show a warning that the person must have read of. What was pushed does not wait. */
function asksForEnter({ visit, request, listener, output }: Place): boolean {
  const { keyboard, opensBrowser, screen } = visit;
  return keyboard && opensBrowser && screen && willWarn(visit, listener) && !request.pushed && !output.json;
}

function willWarn({ trusted }: BrowserVisit, { fingerprint256 }: Listener): boolean {
  return fingerprint256 !== undefined && !trusted;
}

function enterKey(): { readonly come: Promise<void>; readonly press: () => void } {
  let press = () => {};
  const come = new Promise<void>((resolve) => {
    press = resolve;
  });
  return { come, press: () => press() };
}

/** Waits for Enter. Somebody may be quicker, and bring the callback from another browser. */
async function backBeforeEnter(at: Place, enter: Promise<void>): Promise<boolean> {
  const {
    listener,
    output: { live, note },
  } = at;
  const question = `Press Enter to open the browser. ${keyWords(at)}`;
  if (live) live.show(question);
  else note(question);
  try {
    return await Promise.race([enter.then(() => false), listener.callback.then(() => true)]);
  } finally {
    live?.clear();
  }
}

/** Opens the browser, or leaves that to somebody else, and waits for the callback. */
async function outAndBack(at: Place): Promise<URL> {
  const { visit, request, listener, runtime, output, address } = at;
  const over = new AbortController();
  const countdown = startCountdown(visit.endsAt, waitingLine(at), runtime, output);
  try {
    if (visit.opensBrowser) {
      const launch = await runtime.openBrowser(request.url);
      if (launch.kind === 'failed') {
        output.warn(`The browser could not be started: ${launch.reason}. Open the address yourself.`);
        address.tell('To sign in, open this address in a browser:');
      }
      runtime.sleep(patienceMs, AbortSignal.any([over.signal, runtime.signal])).then(
        () => address.tell('Nothing has come back yet. If no page is open, open this one:'),
        // The callback came.
        () => {},
      );
    }
    return await listener.callback;
  } finally {
    over.abort();
    countdown.stop();
  }
}

function answerTo(
  typed: Typed,
  { visit, request, listener, runtime, output, address }: Place,
  enter: () => void,
): void {
  if (typed.kind === 'text') {
    const wrong = visit.takesPaste ? takePasted(listener, typed.text) : undefined;
    if (wrong) output.note(wrong);
    return;
  }
  if (typed.key === 'enter') enter();
  if (typed.key === 'u') address.tellAgain();
  if (typed.key !== 'c') return;
  copyText(request.url, runtime).then(
    (how) => output.note(copied[how]),
    // Interrupted.
    () => {},
  );
}

const copied = {
  copied: 'The address is copied.',
  'asked the terminal': 'The terminal was asked to copy the address. Where it does not, press u.',
} as const;

/**
 * What must be known before the browser shows its warning: whose certificate it is, and that nobody else's is meant. Who has
 * come this way before gets it in a line.
 */
function warningLines({ redirectUri, fingerprint256 = '' }: Listener, { knowsWay }: Manner): readonly Wording[] {
  const { hostname } = new URL(redirectUri);
  const compared = fingerprint256.slice(0, comparedLength);
  if (knowsWay) return [`Your browser will warn of this certificate: SHA-256 ${compared}…`];
  return [
    wording`At the end your browser warns that ${hostname} is not private. That is this program, with a certificate made just now; ${ping14c('trust')} ends the warning.`,
    `Its SHA-256 fingerprint begins with ${compared}`,
  ];
}

function waitingLine(at: Place): (leftMs: number) => string {
  const { visit, listener, output } = at;
  if (!visit.keyboard) return (leftMs) => `Waiting at ${safeText(listener.redirectUri)} for ${duration(leftMs)}.`;
  const keys = keyWords(at);
  if (!output.live) return (leftMs) => `Waiting for the browser for ${duration(leftMs)}. ${keys}`;
  return (leftMs) => `Waiting for the browser, ${clock(leftMs)} left. ${keys}`;
}

/** As many columns as the longest live line needs with the keys in whole words. */
const roomyColumns = 72;

/** What the keys do, in fewer words on a narrow terminal, where a live line is cut and would lose its end. */
function keyWords({ visit, request, runtime, output }: Place): string {
  const narrow = (runtime.stderr.columns || 80) < roomyColumns;
  const text = narrow ? 'address' : 'the address';
  // A link on the line that is written over; in one that stays, the terminal is shown no more than text.
  const address = output.live ? linked(text, request.url, runtime) : text;
  if (!visit.opensBrowser) return narrow ? `c: copy ${address}.` : `c copies ${address}.`;
  return narrow ? `u: ${address}, c: copy.` : `u shows ${address}, c copies it.`;
}

/** What is told at the moment when it happens. @param trusted whether the browser was expected to accept the certificate */
export function noticeWords(
  notice: Notice,
  { redirectUri, fingerprint256 }: Pick<Listener, 'redirectUri' | 'fingerprint256'>,
  trusted: boolean,
): Wording {
  const { hostname } = new URL(redirectUri);
  const click = `choose "Advanced", "Proceed to ${hostname}"; in Firefox "Accept the Risk and Continue"; in Safari "Show Details", "visit this website"`;
  switch (notice) {
    case 'certificateRefused':
      if (trusted) {
        return wording`The browser does not accept the certificate. Where it shows the SHA-256 fingerprint ${fingerprint256}, ${click}. ${ping14c('trust')} makes browsers accept ping14c's own.`;
      }
      return `The browser warns now: ${click}.`;
    case 'plainHttp':
      return 'Something came by http and was turned away; this listener speaks https. The sign-in goes on.';
    default:
      return notice satisfies never;
  }
}
