import type { DeviceGrant } from '../device-grant.ts';
import { invalidGrant, invalidRequest, notYet, type Refusal } from '../refusal.ts';
import type { Grant } from '../token.ts';
import { mayRefresh, userTokens } from '../token-response.ts';
import { verifierFits } from './authorization-code.ts';

/** PingOne's texts for a poll that gets no tokens (docs/pingone.md, section 4.5). */
const pending = notYet('authorization_pending', 'The authorization request is still pending.');
const slowDown = notYet('slow_down', 'The authorization request is still pending. Please slow down the poll requests.');
const denied = notYet('access_denied', 'The authorization request has been denied.');
const expired = notYet('expired_token', 'The authorization request for the provided <device_code> has expired.');

/** One poll (RFC 8628, section 3.4). */
export const deviceCode: Grant = async (environment, application, form) => {
  const value = form.get('device_code');
  if (!value) return invalidRequest('device_code is required');
  const device = environment.deviceGrants.byDeviceCode(value);
  if (!device || device.application.clientId !== application.clientId || device.outcome.kind === 'spent') {
    return invalidGrant('The device code is invalid');
  }
  const now = environment.now();
  if (device.outcome.kind === 'denied') return denied;
  if (device.expiresAt <= now) return expired;
  if (device.outcome.kind === 'pending') return poll(device, now);
  if (!verifierFits(device.challenge, form.get('code_verifier'))) {
    return invalidGrant('The code verifier does not match the code challenge');
  }
  const { grant } = device.outcome;
  device.outcome = { kind: 'spent' };
  const family = mayRefresh(application, grant.scopes)
    ? environment.refreshFamilies.begin(grant, application)
    : undefined;
  return userTokens(environment, application, grant, family);
};

/** Too early a poll makes the interval five seconds longer, for good (RFC 8628, section 3.5). */
function poll(device: DeviceGrant, now: number): Refusal {
  const early = device.polledAt !== undefined && now < device.polledAt + device.intervalSeconds * 1000;
  device.polledAt = now;
  if (early) device.intervalSeconds += 5;
  return early ? slowDown : pending;
}
