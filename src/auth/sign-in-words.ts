import type { Listener, Notice } from '../loopback/listener.ts';
import type { Outcome } from '../loopback/pages.ts';
import { safeText } from '../output/safe-text.ts';
import { duration } from '../output/time.ts';

/** What a person must know before the browser shows a warning: whose certificate it is, and what to click. */
export function beforeTheBrowser(sight: {
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
export function noticeWords(notice: Notice, redirectUri: string, trusted: boolean): string {
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
export function refusedCallbacks({ total, reasons }: Listener['refusals']): string {
  if (total === 0) return '';
  const named = [...reasons].map(([reason, count]) => `${reason} ×${count}`).join(', ');
  return ` ${total === 1 ? 'One request was' : `${total} requests were`} refused meanwhile (${named}).`;
}

export function successPage(person: string, issuer: string): Outcome {
  return { kind: 'success', person, facts: [{ label: 'Issuer', value: issuer }] };
}
