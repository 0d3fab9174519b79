import { claimText } from '../output/claim-text.ts';
import { safeText } from '../output/safe-text.ts';
import { localTime } from '../output/time.ts';
import type { User } from './user.ts';

type Claims = Readonly<Record<string, unknown>>;

/** One fact about the person: what the token server says, and what the user record says. Empty where one is silent. */
export type IdentityRow = readonly [label: string, claim: string, record: string];

/** A fact's name, its claim (OpenID Connect Core, section 5.1) and its attribute in PingOne (docs/pingone.md, section 7.1). */
const facts: readonly (readonly [label: string, claim: string, attribute: string])[] = [
  ['User ID', 'sub', 'id'],
  ['User name', 'preferred_username', 'username'],
  ['Name', 'name', 'name.formatted'],
  ['Given name', 'given_name', 'name.given'],
  ['Middle name', 'middle_name', 'name.middle'],
  ['Family name', 'family_name', 'name.family'],
  ['Nickname', 'nickname', 'nickname'],
  ['Title', '', 'title'],
  ['Email', 'email', 'email'],
  ['Email verified', 'email_verified', 'emailVerified'],
  ['Phone', 'phone_number', 'primaryPhone'],
  ['Mobile phone', '', 'mobilePhone'],
  ['Street', 'address.street_address', 'address.streetAddress'],
  ['Locality', 'address.locality', 'address.locality'],
  ['Region', 'address.region', 'address.region'],
  ['Postal code', 'address.postal_code', 'address.postalCode'],
  ['Country', 'address.country', 'address.countryCode'],
  ['Locale', 'locale', 'locale'],
  ['Time zone', 'zoneinfo', 'timezone'],
  ['Last sign-on', 'auth_time', 'lastSignOn.at'],
  ['Updated', 'updated_at', 'updatedAt'],
  ['Created', '', 'createdAt'],
  ['Enabled', '', 'enabled'],
  ['Account', '', 'account.status'],
  ['MFA enabled', '', 'mfaEnabled'],
  ['Verification', '', 'verifyStatus'],
  ['Identity provider', '', 'identityProvider.type'],
  ['Population', '', 'population.id'],
  ['External ID', '', 'externalId'],
];

/** The facts that either side knows, in reading order; text made safe for a terminal, times local. */
export function identityRows(claims: Claims, user: User | undefined): readonly IdentityRow[] {
  const rows = facts.map(([label, claim, attribute]): IdentityRow => {
    const record = attribute === 'id' ? user?.id : user?.attributes[attribute];
    return [label, claimText(claim, claimAt(claims, claim)), record === undefined ? '' : momentOrText(record)];
  });
  const password: IdentityRow = ['Password', '', user?.passwordStatus ? safeText(user.passwordStatus) : ''];
  return [...rows, password].filter(([, claim, record]) => claim !== '' || record !== '');
}

/** Every claim by name: the ID token's value and userinfo's; seconds since the epoch are told as times, too. */
export function claimRows(idToken: Claims, userinfo: Claims): readonly IdentityRow[] {
  const names = [...new Set([...Object.keys(idToken), ...Object.keys(userinfo)])];
  return names.map((name) => [
    safeText(name),
    claimText(name, own(idToken, name), 'with the number'),
    claimText(name, own(userinfo, name), 'with the number'),
  ]);
}

/** A claim may be called `toString`: what every object inherits is no claim. */
function own(claims: Claims, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}

function claimAt(claims: Claims, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => {
    return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
      ? (value as Claims)[key]
      : undefined;
  }, claims);
}

function momentOrText(text: string): string {
  const at = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? safeText(text) : localTime(at);
}
