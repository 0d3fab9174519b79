import { randomInt, randomUUID } from 'node:crypto';
import { ForgetfulMap } from '../forgetful-map.ts';
import type { Application } from '../seed/applications.ts';
import type { CodeChallenge } from './pkce.ts';
import type { ScopeGrant, SignOnGrant } from './sign-on-grant.ts';

/** Keeps the device codes that were given out, each with what has become of it (RFC 8628). */
export function createDeviceCodes(now: () => number) {
  const issued = new ForgetfulMap<IssuedDeviceCode>(() => now() - toldExpiredMs);
  const alive = (code: IssuedDeviceCode | undefined) => (code && code.expiresAt > now() ? code : undefined);
  return {
    /** @param bytes what the texts of its request take up */
    issue(
      application: Application,
      granted: ScopeGrant,
      challenge: CodeChallenge | undefined,
      bytes: number,
    ): IssuedDeviceCode {
      const code: IssuedDeviceCode = {
        deviceCode: randomUUID(),
        userCode: `${fourCharacters()}-${fourCharacters()}`,
        application,
        granted,
        challenge,
        expiresAt: now() + application.deviceTimeout * 1000,
        intervalSeconds: application.devicePollingInterval,
        polledAt: undefined,
        outcome: { kind: 'pending' },
      };
      issued.set(code.deviceCode, code, bytes);
      return code;
    },
    /** Finds expired ones too, because the poll must say so. */
    byDeviceCode: (deviceCode: string) => issued.get(deviceCode),
    /** Finds what a person typed: neither case nor the dash matters. */
    byUserCode(typed: string): IssuedDeviceCode | undefined {
      const plain = (code: string) => code.toUpperCase().replace(/[^A-Z0-9]/g, '');
      const wanted = plain(typed);
      return alive(
        [...issued.values()].find(({ userCode, outcome }) => plain(userCode) === wanted && outcome.kind === 'pending'),
      );
    },
  };
}

function fourCharacters(): string {
  return Array.from({ length: 4 }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
}

/** A device that waits for its user, or has been answered (RFC 8628). */
export interface IssuedDeviceCode {
  readonly deviceCode: string;
  /** The user code has the recorded form, `XXXX-XXXX`. */
  readonly userCode: string;
  readonly application: Application;
  readonly granted: ScopeGrant;
  readonly challenge: CodeChallenge | undefined;
  readonly expiresAt: number;
  intervalSeconds: number;
  polledAt: number | undefined;
  outcome:
    | { readonly kind: 'pending' }
    | { readonly kind: 'denied' }
    | { readonly kind: 'spent' }
    | { readonly kind: 'granted'; readonly grant: SignOnGrant };
}

/** For so long a device that goes on polling is told that its code has expired; then the code is unknown. */
const toldExpiredMs = 60 * 60_000;

/** User codes are made of letters and digits that cannot be taken for one another. */
const alphabet = 'BCDFGHJKLMNPQRSTVWXZ23456789';
