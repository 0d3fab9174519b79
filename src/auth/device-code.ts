import {
  calculatePKCECodeChallenge,
  genericGrantRequest,
  randomPKCECodeVerifier,
  type TokenEndpointResponse,
} from 'openid-client';
import { Failure } from '../errors.ts';
import { startCountdown } from '../output/countdown.ts';
import type { Output } from '../output/output.ts';
import { duration } from '../output/time.ts';
import type { Runtime } from '../runtime.ts';
import type { UserGrant } from './browser-flow.ts';
import type { AuthorizationServerClient } from './client.ts';
import { authorizeDevice, type DeviceAuthorization } from './device-authorization.ts';
import { deviceInstructions } from './device-words.ts';
import { authFailure } from './failures.ts';
import { verifyIdToken } from './id-token.ts';
import { tokenSetOf } from './token-answer.ts';

export interface DeviceSignIn {
  readonly client: AuthorizationServerClient;
  readonly scope: readonly string[];
  readonly timeoutMs: number;
  readonly keep: (grant: UserGrant) => Promise<void>;
}

/** Asking goes on until then, in milliseconds since the epoch. */
interface Patience {
  readonly endsAt: number;
  readonly ended: () => Failure;
}

const grantType = 'urn:ietf:params:oauth:grant-type:device_code';

/** RFC 8628, section 3.5. */
const slowDownSeconds = 5;

/**
 * Signs a user in on another device (RFC 8628). It opens no browser and listens nowhere.
 *
 * 1. Ask for the codes. 2. Tell the person. 3. Ask, at the server's pace, what became of it. 4. Verify. 5. Keep.
 *
 * @throws Failure `refused` when the person said no, `unreachable` when the code or the deadline passed.
 */
export async function signInByDevice(wanted: DeviceSignIn, runtime: Runtime, output: Output): Promise<UserGrant> {
  const { client, scope } = wanted;
  // RFC 8628 has no PKCE, but Ping's own client sends it (docs/pingone.md, section 4.5): a device code alone is then useless.
  const codeVerifier = randomPKCECodeVerifier();
  const device = await authorizeDevice(client, {
    scope: scope.join(' '),
    code_challenge: await calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
  });
  const patience = patienceWith(device, wanted.timeoutMs, runtime.now());
  for (const line of deviceInstructions(device, runtime, output)) output.note(line);
  const countdown = startCountdown(patience.endsAt, 'The code is good for', runtime, output);
  const answer = await askUntilDone(client, { device, codeVerifier, patience }, runtime, output).finally(
    countdown.stop,
  );
  const claims = await verifyIdToken(client, answer.id_token, {}, runtime);
  runtime.signal.throwIfAborted();
  const grant = { tokens: tokenSetOf(answer, runtime.now()), claims };
  await wanted.keep(grant);
  return grant;
}

/** Whichever comes first: the end of the code, or that of the person's own patience. */
function patienceWith({ expiresInSeconds }: DeviceAuthorization, timeoutMs: number, now: number): Patience {
  const lifetimeMs = expiresInSeconds * 1000;
  if (lifetimeMs <= timeoutMs) return { endsAt: now + lifetimeMs, ended: () => expired(lifetimeMs) };
  return { endsAt: now + timeoutMs, ended: () => timedOut(timeoutMs) };
}

/** Polls (RFC 8628, sections 3.4 and 3.5): slower for good when told so, and past a network that fails for a while. */
async function askUntilDone(
  client: AuthorizationServerClient,
  { device, codeVerifier, patience }: { device: DeviceAuthorization; codeVerifier: string; patience: Patience },
  runtime: Runtime,
  output: Output,
): Promise<TokenEndpointResponse> {
  let intervalSeconds = device.intervalSeconds;
  let hiccups = 0;
  for (;;) {
    const pauseMs = intervalSeconds * 1000 * 2 ** Math.min(hiccups, 3);
    await runtime.sleep(Math.max(0, Math.min(pauseMs, patience.endsAt - runtime.now())), runtime.signal);
    if (runtime.now() >= patience.endsAt) throw patience.ended();
    try {
      return await genericGrantRequest(client.configuration, grantType, {
        device_code: device.deviceCode,
        code_verifier: codeVerifier,
      });
    } catch (error) {
      const failure = await authFailure(error, { ...client, step: 'sign-in' });
      if (!(failure instanceof Failure)) throw failure;
      const step = afterwards(failure);
      if (step === 'over') throw failure;
      if (step === 'slower') intervalSeconds += slowDownSeconds;
      hiccups = step === 'retry' ? hiccups + 1 : 0;
      if (step === 'retry') output.debug(`asking again: ${failure.message}`);
    }
  }
}

/** What an answer that is not a token means for the next question. */
function afterwards({ code, kind }: Failure): 'again' | 'slower' | 'retry' | 'over' {
  if (code === 'authorization_pending') return 'again';
  if (code === 'slow_down') return 'slower';
  const passing = ['server_error', 'temporarily_unavailable', 'unexpected_status'].includes(code);
  // An expired code is told by the server, so it was reached.
  return passing || (kind === 'unreachable' && code !== 'expired_token') ? 'retry' : 'over';
}

function expired(lifetimeMs: number): Failure {
  return new Failure('unreachable', `Nobody signed in within ${duration(lifetimeMs)}, and the code has expired.`, {
    code: 'expired_token',
    hint: 'Run "ping14c login --device" again for a new code.',
  });
}

function timedOut(timeoutMs: number): Failure {
  return new Failure('unreachable', `Nobody signed in within ${duration(timeoutMs)}.`, {
    code: 'sign_in_timeout',
    hint: 'Run "ping14c login --device" again; --timeout allows more time.',
  });
}
