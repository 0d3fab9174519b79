import { randomInt, randomUUID } from 'node:crypto';
import type { Application } from '../seed/applications.ts';
import type { CodeChallenge } from './pkce.ts';
import type { ScopeGrant, UserGrant } from './user-grant.ts';

/** The device codes that were given out, each with what has become of it (RFC 8628). */
export function createDeviceCodes(now: () => number) {
  const grants = new Map<string, DeviceAuthorization>();
  const alive = (grant: DeviceAuthorization | undefined) => (grant && grant.expiresAt > now() ? grant : undefined);
  return {
    begin(application: Application, granted: ScopeGrant, challenge: CodeChallenge | undefined): DeviceAuthorization {
      const grant: DeviceAuthorization = {
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
      grants.set(grant.deviceCode, grant);
      return grant;
    },
    /** Expired ones too: the poll says so. */
    byDeviceCode: (deviceCode: string) => grants.get(deviceCode),
    /** Typed by a person: case and the dash do not matter. */
    byUserCode(typed: string): DeviceAuthorization | undefined {
      const plain = (code: string) => code.toUpperCase().replace(/[^A-Z0-9]/g, '');
      const wanted = plain(typed);
      return alive(
        [...grants.values()].find(({ userCode, outcome }) => plain(userCode) === wanted && outcome.kind === 'pending'),
      );
    },
  };
}

function fourCharacters(): string {
  return Array.from({ length: 4 }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
}

/** A device waiting for its user (RFC 8628). */
export interface DeviceAuthorization {
  readonly deviceCode: string;
  /** `XXXX-XXXX`, as recorded. */
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
    | { readonly kind: 'granted'; readonly grant: UserGrant };
}

/** Letters and digits that cannot be taken for one another. */
const alphabet = 'BCDFGHJKLMNPQRSTVWXZ23456789';
