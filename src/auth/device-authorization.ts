import { initiateDeviceAuthorization } from 'openid-client';
import { Failure } from '../errors.ts';
import { isSecureOrLoopback } from '../loopback-host.ts';
import type { AuthorizationServerClient } from './client.ts';
import { authFailure } from './failures.ts';

/** What the person does on another device, and how the answer is asked for meanwhile (RFC 8628, section 3.2). */
export interface DeviceAuthorization {
  readonly deviceCode: string;
  /** To be typed there. From outside: `safeText` before it is shown. */
  readonly userCode: string;
  readonly verificationUri: string;
  /** With the code in it; absent where the server has none, or none that may be shown. */
  readonly completeUri: string | undefined;
  readonly expiresInSeconds: number;
  readonly intervalSeconds: number;
}

/** Those of RFC 8628, section 3.2, and what a strange server gets at most. */
const [usualInterval, longestInterval, longestLifetime] = [5, 60, 24 * 3600];

/**
 * Asks for a pair of codes (RFC 8628, section 3.1).
 *
 * @throws Failure `refused` when the application may not, `failed` when the address must not be shown to anybody.
 */
export async function authorizeDevice(
  client: AuthorizationServerClient,
  parameters: Record<string, string>,
): Promise<DeviceAuthorization> {
  if (!client.configuration.serverMetadata().device_authorization_endpoint) {
    throw new Failure('usage', 'The server does not offer sign-in by device.', {
      code: 'device_not_supported',
      hint: 'Run "ping14c login" without --device; with --no-browser the browser may be on another machine.',
    });
  }
  const answer = await initiateDeviceAuthorization(client.configuration, parameters).catch(async (error: unknown) => {
    throw await authFailure(error, { ...client, step: 'device authorization' });
  });
  const { verification_uri: verificationUri, verification_uri_complete: complete } = answer;
  if (!isOfIssuer(verificationUri, client.settings.issuer)) throw strangeUri(verificationUri, client.settings.issuer);
  return {
    deviceCode: answer.device_code,
    userCode: answer.user_code,
    verificationUri,
    completeUri: complete !== undefined && isOfIssuer(complete, client.settings.issuer) ? complete : undefined,
    expiresInSeconds: between(answer.expires_in, 1, longestLifetime),
    intervalSeconds: between(answer.interval ?? usualInterval, 1, longestInterval),
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

function between(value: number, least: number, most: number): number {
  return Math.min(Math.max(Number.isFinite(value) ? value : least, least), most);
}
