import { randomState } from 'openid-client';
import type { Certificate } from '../loopback/certificate.ts';
import { type Listener, listen } from '../loopback/listener.ts';
import { isLoopbackHost } from '../loopback-host.ts';
import type { Output } from '../output/output.ts';
import { safeText } from '../output/safe-text.ts';
import { duration } from '../output/time.ts';
import type { Runtime } from '../runtime.ts';
import type { AuthorizationServerClient } from './client.ts';
import { signOffUrl } from './sign-off.ts';

export interface SignOffVisit {
  readonly client: AuthorizationServerClient;
  readonly idToken: string | undefined;
  /** Where the page leads afterwards. A loopback address with a port is listened at. */
  readonly postLogoutRedirectUri: string | undefined;
  /** One that browsers are expected to accept; one is made where it is absent. */
  readonly certificate: Certificate | undefined;
  readonly opensBrowser: boolean;
  readonly timeoutMs: number;
}

/** `returned`: the browser came back, so the session is over. `shown`: nobody is told whether it is. */
export type SignOffOutcome = 'returned' | 'notReturned' | 'shown' | 'noPage';

/**
 * Sends the browser to the page that signs it off (OpenID Connect RP-Initiated Logout, section 2) and, where it leads back
 * to this machine, waits for that. The address that is shown has no ID token in it: the browser's cookie says enough.
 *
 * @throws Failure when the port cannot be opened.
 */
export async function visitSignOffPage(visit: SignOffVisit, runtime: Runtime, output: Output): Promise<SignOffOutcome> {
  const { client, idToken, postLogoutRedirectUri: target, opensBrowser, timeoutMs, certificate } = visit;
  const state = target === undefined ? undefined : randomState();
  const after = { postLogoutRedirectUri: target, state };
  const [url, shown] = [signOffUrl(client, idToken, after), signOffUrl(client, undefined, after)];
  if (!url || !shown) return 'noPage';
  const passed = new AbortController();
  const signal = AbortSignal.any([runtime.signal, passed.signal]);
  const listener =
    target !== undefined && state !== undefined && leadsBack(target)
      ? await listen(
          { redirectUri: target, state, responseMode: 'signoff', signal, ...(certificate ? { certificate } : {}) },
          runtime,
        )
      : undefined;
  try {
    if (listener) sayListening(listener, certificate !== undefined, timeoutMs, output);
    output.note(`To end the session in the browser, open:\n${safeText(shown)}`);
    const launch = opensBrowser ? await runtime.openBrowser(url) : undefined;
    if (launch?.kind === 'failed') output.warn(`The browser could not be started: ${safeText(launch.reason)}`);
    return listener ? await outcomeAt(listener, passed, timeoutMs, runtime) : 'shown';
  } finally {
    await listener?.close();
  }
}

/** PingOne compares the port of this URI too (docs/pingone.md, section 9), so it must name one for ping14c to listen at. */
function leadsBack(target: string): boolean {
  const url = new URL(target);
  return isLoopbackHost(url.hostname) && url.port !== '';
}

function sayListening(listener: Listener, trusted: boolean, timeoutMs: number, output: Output): void {
  output.note(`Waiting for the browser at ${safeText(listener.redirectUri)} for ${duration(timeoutMs)}.`);
  if (!listener.fingerprint256 || trusted) return;
  output.note(
    `It will warn of the certificate there, which was made a moment ago. Proceed where its SHA-256 fingerprint is ${listener.fingerprint256}`,
  );
}

async function outcomeAt(
  listener: Listener,
  passed: AbortController,
  timeoutMs: number,
  runtime: Runtime,
): Promise<SignOffOutcome> {
  const ended = new AbortController();
  runtime.sleep(timeoutMs, ended.signal).then(
    () => passed.abort('deadline'),
    () => {},
  );
  try {
    await listener.callback;
    await listener.finish({ kind: 'signedOff' });
    return 'returned';
  } catch (error) {
    if (error === 'deadline') return 'notReturned';
    throw error;
  } finally {
    ended.abort();
  }
}
