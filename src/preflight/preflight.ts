import { calculatePKCECodeChallenge, randomNonce, randomPKCECodeVerifier, randomState } from 'openid-client';
import type { AuthorizationServerClient } from '../auth/client.ts';
import { refusalIn } from '../auth/refusal.ts';
import { scopesOf } from '../auth/token-answer.ts';
import { Failure, messageOf } from '../errors.ts';
import type { Output } from '../output/output.ts';
import type { Runtime } from '../runtime.ts';
import { refusedRequest } from './refused-request.ts';
import { judge, type PreflightQuestion, type Verdict } from './verdict.ts';

/** The person waits for it, so it is given up soon, in milliseconds. */
const preflightMs = 4000;

/**
 * Tries the authorization request before a browser is sent there, so that "Redirect URI mismatch" and its like are told
 * in the terminal. It has state, nonce and code challenge of its own: whatever comes back is an answer to nobody's sign-in.
 * It carries no cookie and follows no redirect.
 *
 * @param url what the browser would be sent to
 * @returns what the answer means; trouble of any sort is `passedOver`
 */
async function preflight(
  client: Pick<AuthorizationServerClient, 'fetch' | 'settings'>,
  url: string,
  runtime: Pick<Runtime, 'sleep' | 'signal'>,
): Promise<Verdict> {
  const wanted = new URL(url);
  // A pushed request can be used once, and a signed one is not ours to change (RFC 9126, section 4; RFC 9101).
  if (wanted.searchParams.has('request_uri') || wanted.searchParams.has('request')) {
    return { kind: 'passedOver', reason: 'its parameters are not in the address' };
  }
  const { address, question } = await rehearsal(wanted, client.settings.issuer);
  const [answered, late] = [new AbortController(), new AbortController()];
  runtime.sleep(preflightMs, answered.signal).then(
    () => late.abort(new Failure('unreachable', 'no answer in time', { code: 'timeout' })),
    () => {},
  );
  try {
    // As a browser asks, but for the JSON that is easier to understand.
    const headers = { accept: 'text/html,application/xhtml+xml,application/json;q=0.9' };
    const response = await client.fetch(address, { headers, credentials: 'omit', signal: late.signal });
    return judge(
      {
        status: response.status,
        location: response.headers.get('location') ?? undefined,
        refusal: await refusalIn(response),
        page: await response.text(),
        correlationId: response.headers.get('correlation-id') ?? undefined,
      },
      question,
    );
  } catch (error) {
    // Ctrl-C is the person's, not the network's.
    runtime.signal.throwIfAborted();
    return { kind: 'passedOver', reason: messageOf(error) };
  } finally {
    answered.abort();
  }
}

/**
 * Ends a sign-in that would only show an error page.
 *
 * @param request.url what the browser would be sent to
 * @param request.registered the redirect URI as the settings have it, which is what the console should hold
 * @throws Failure `refused` with the value to register and the place in the console.
 */
export async function refuseInVain(
  client: AuthorizationServerClient,
  { url, registered }: { readonly url: string; readonly registered: string },
  runtime: Pick<Runtime, 'sleep' | 'signal'>,
  output: Pick<Output, 'debug'>,
): Promise<void> {
  const verdict = await preflight(client, url, runtime);
  if (verdict.kind === 'passedOver') output.debug(`preflight passed over: ${verdict.reason}`);
  if (verdict.kind !== 'refused') return;
  const { searchParams } = new URL(url);
  throw await refusedRequest(verdict, client, {
    redirectUri: registered,
    scope: scopesOf(searchParams.get('scope') ?? undefined),
    responseType: searchParams.get('response_type') ?? '',
  });
}

/** The same request with secrets of its own, of which none is kept. */
async function rehearsal(
  wanted: URL,
  issuer: string,
): Promise<{ readonly address: string; readonly question: PreflightQuestion }> {
  const address = new URL(wanted);
  const state = randomState();
  const fresh: Readonly<Record<string, string>> = {
    state,
    nonce: randomNonce(),
    code_challenge: await calculatePKCECodeChallenge(randomPKCECodeVerifier()),
  };
  for (const [name, value] of Object.entries(fresh)) {
    if (address.searchParams.has(name)) address.searchParams.set(name, value);
  }
  address.searchParams.set('state', state);
  // Without a cookie nobody is signed in, which `none` would be an error for; and a form would be posted by nobody.
  if (address.searchParams.get('prompt') === 'none') address.searchParams.delete('prompt');
  address.searchParams.delete('response_mode');
  const redirectUri = address.searchParams.get('redirect_uri') ?? '';
  return { address: address.href, question: { redirectUri, state, issuer } };
}
