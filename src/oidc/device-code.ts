import {
  calculatePKCECodeChallenge,
  genericGrantRequest,
  initiateDeviceAuthorization,
  randomPKCECodeVerifier,
  type TokenEndpointResponse,
} from 'openid-client';
import { Failure } from '../errors.ts';
import { isSecureOrLoopback } from '../loopback-host.ts';
import { startCountdown } from '../output/countdown.ts';
import type { Output } from '../output/output.ts';
import { qrCode } from '../output/qr-code.ts';
import { safeText } from '../output/safe-text.ts';
import { duration } from '../output/time.ts';
import type { Runtime } from '../runtime.ts';
import { ping14c, wording } from '../wording.ts';
import type { AuthorizationServerClient } from './client.ts';
import { authFailure, inWords } from './failures.ts';
import { verifyIdToken } from './id-token.ts';
import { tokenSetOf } from './token-set.ts';
import type { UserGrant } from './user-grant.ts';

interface DeviceSignIn<Kept> {
  readonly server: AuthorizationServerClient;
  readonly scope: readonly string[];
  readonly timeoutMs: number;
  readonly keep: (grant: UserGrant) => Promise<Kept>;
}

/** Asking goes on until then, in milliseconds since the epoch. */
interface Patience {
  readonly endsAt: number;
  readonly ended: () => Failure;
}

const grantType = 'urn:ietf:params:oauth:grant-type:device_code';

/** Each `slow_down` adds as much to the interval (RFC 8628, section 3.5). */
const slowDownSeconds = 5;

/**
 * Signs a user in on another device (RFC 8628). It opens no browser and listens nowhere.
 *
 * 1. Ask for the codes. 2. Tell the person. 3. Ask, at the server's pace, what became of it. 4. Verify. 5. Keep.
 *
 * @returns what `keep` has made of the grant
 * @throws Failure `refused` when the person said no, `unreachable` when the code or the deadline passed.
 */
export async function signInByDevice<Kept>(
  wanted: DeviceSignIn<Kept>,
  runtime: Runtime,
  output: Output,
): Promise<Kept> {
  const { server, scope } = wanted;
  // RFC 8628 has no PKCE, but Ping's own client sends it (docs/pingone.md, section 4.5): a device code alone is then useless.
  const codeVerifier = randomPKCECodeVerifier();
  const device = await authorizeDevice(server, {
    scope: scope.join(' '),
    code_challenge: await calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
  });
  const patience = patienceWith(device, wanted.timeoutMs, runtime.now());
  for (const line of deviceInstructions(device, runtime, output)) output.note(line);
  const goodFor = (leftMs: number) => `The code is good for ${duration(leftMs)}. Ctrl-C ends the waiting.`;
  const countdown = startCountdown(patience.endsAt, goodFor, runtime, output);
  const answer = await askUntilDone(server, { device, codeVerifier, patience }, runtime, output).finally(
    countdown.stop,
  );
  const claims = await verifyIdToken(server, answer.id_token, { accessToken: answer.access_token }, runtime);
  runtime.signal.throwIfAborted();
  return wanted.keep({ tokens: tokenSetOf(answer, runtime.now()), claims });
}

/** Asking ends with the code, or with the time that the person gave it, whichever ends first. */
function patienceWith({ expiresInSeconds }: DeviceAuthorization, timeoutMs: number, now: number): Patience {
  const lifetimeMs = expiresInSeconds * 1000;
  if (lifetimeMs <= timeoutMs) return { endsAt: now + lifetimeMs, ended: () => expired(lifetimeMs) };
  return { endsAt: now + timeoutMs, ended: () => nobodyInTime(timeoutMs) };
}

/** Polls (RFC 8628, sections 3.4 and 3.5): slower for good when told so, and past a network that fails for a while. */
async function askUntilDone(
  server: AuthorizationServerClient,
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
      return await genericGrantRequest(server.configuration, grantType, {
        device_code: device.deviceCode,
        code_verifier: codeVerifier,
      });
    } catch (error) {
      const failure = await authFailure(error, { ...server, step: 'sign-in' });
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
  const passing = ['server_error', 'temporarily_unavailable', 'unexpected_status', 'too_many_requests'].includes(code);
  // An expired code is told by the server, so it was reached.
  return passing || (kind === 'unreachable' && code !== 'expired_token') ? 'retry' : 'over';
}

function expired(lifetimeMs: number): Failure {
  return new Failure('unreachable', `Nobody signed in within ${duration(lifetimeMs)}, and the code has expired.`, {
    code: 'expired_token',
    hint: wording`Run ${ping14c('login --device')} again for a new code.`,
  });
}

function nobodyInTime(timeoutMs: number): Failure {
  return new Failure('unreachable', `Nobody signed in within ${duration(timeoutMs)}.`, {
    code: 'sign_in_timeout',
    hint: wording`Run ${ping14c('login --device')} again; --timeout allows more time.`,
  });
}

/** What the person does on another device, and how the answer is asked for meanwhile (RFC 8628, section 3.2). */
interface DeviceAuthorization {
  readonly deviceCode: string;
  /** The person types it there. It comes from outside, so `safeText` is needed before it is shown. */
  readonly userCode: string;
  readonly verificationUri: string;
  /** The same address with the code in it; absent where the server has none, or none that may be shown. */
  readonly completeUri: string | undefined;
  readonly expiresInSeconds: number;
  readonly intervalSeconds: number;
}

/** In seconds: what RFC 8628, section 3.2, has where the server names none, and the least and most that a strange server gets. */
const [usualInterval, shortestInterval, longestInterval] = [5, 1, 60];

/**
 * Asks for a pair of codes (RFC 8628, section 3.1).
 *
 * @throws Failure `refused` when the application may not, `failed` when the address must not be shown to anybody.
 */
async function authorizeDevice(
  server: AuthorizationServerClient,
  parameters: Record<string, string>,
): Promise<DeviceAuthorization> {
  if (!server.configuration.serverMetadata().device_authorization_endpoint) {
    throw new Failure('usage', 'The server does not offer sign-in by device.', {
      code: 'device_not_supported',
      hint: wording`Run ${ping14c('login')} without --device; with --no-browser the browser may be on another machine.`,
    });
  }
  const answer = await inWords(
    initiateDeviceAuthorization(server.configuration, parameters),
    server,
    'device authorization',
  );
  const { verification_uri: verificationUri, verification_uri_complete: complete } = answer;
  if (!isOfIssuer(verificationUri, server.settings.issuer)) throw strangeUri(verificationUri, server.settings.issuer);
  return {
    deviceCode: answer.device_code,
    userCode: answer.user_code,
    verificationUri,
    completeUri: complete !== undefined && isOfIssuer(complete, server.settings.issuer) ? complete : undefined,
    expiresInSeconds: answer.expires_in,
    intervalSeconds: Math.min(Math.max(answer.interval ?? usualInterval, shortestInterval), longestInterval),
  };
}

/** A person is sent there to type a password: to the server that was configured, on a safe way, and nowhere else. */
function isOfIssuer(address: string, issuer: string): boolean {
  return isSecureOrLoopback(address) && new URL(address).hostname === new URL(issuer).hostname;
}

function strangeUri(address: string, issuer: string): Failure {
  return new Failure('failed', `The server sends you to ${address}, which is not an https address of its own host.`, {
    code: 'verification_uri_refused',
    hint: `Only addresses at ${new URL(issuer).host} are shown. Check the region, --auth-url or --custom-domain.`,
  });
}

/**
 * What the person does on the other device. The warning stands first: attackers send people codes of sign-ins that
 * they have started themselves (RFC 8628, section 5.4).
 */
function deviceInstructions(
  { verificationUri, completeUri, userCode }: DeviceAuthorization,
  runtime: Runtime,
  { paintNote }: Output,
): readonly string[] {
  const picture = qrCode(completeUri ?? verificationUri, runtime, paintNote);
  return [
    paintNote.yellow(
      'Only sign in with a code that you have asked for yourself, here and now: whoever sends you one would be signed in as you.',
    ),
    ...picture,
    picture.length > 0 ? 'Scan the picture, or open this address on any device:' : 'Open this address on any device:',
    `  ${safeText(verificationUri)}`,
    // Whoever scans the address with the code in it is shown the code there.
    `Then enter this code${completeUri && picture.length > 0 ? ', or compare it' : ''}: ${paintNote.bold(safeText(userCode))}`,
  ];
}
