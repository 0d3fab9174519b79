import { safeText } from '../output/safe-text.ts';
import { localTime } from '../output/time.ts';
import type { ConsolePlace } from '../pingone/console-places.ts';

/** What is known of a claim by its name. */
interface KnownClaim {
  /** What it is, in words that go on after its name and value. */
  readonly what: string;
  readonly standard?: string;
  /** Seconds since the epoch (RFC 7519, section 2). */
  readonly isTime?: true;
  /** The setting in the console that governs it. */
  readonly place?: ConsolePlace;
  /** The scope that asks for it (OpenID Connect Core, section 5.4). */
  readonly scope?: 'profile' | 'email' | 'address' | 'phone';
}

const idTokens = 'OpenID Connect Core, section 2';

/** The claims of RFC 7519, RFC 9068 and OpenID Connect Core, and PingOne's own (docs/pingone.md, section 5). */
export const knownClaims: Readonly<Record<string, KnownClaim>> = {
  iss: { what: 'issuer: who made the token', standard: 'RFC 7519, section 4.1.1' },
  sub: { what: 'subject: the user ID', standard: 'RFC 7519, section 4.1.2' },
  aud: { what: 'audience: whom it is for', standard: 'RFC 7519, section 4.1.3' },
  exp: { what: 'ends', standard: 'RFC 7519, section 4.1.4', isTime: true },
  nbf: { what: 'not before', standard: 'RFC 7519, section 4.1.5', isTime: true },
  iat: { what: 'issued', standard: 'RFC 7519, section 4.1.6', isTime: true },
  jti: { what: 'ID of the token', standard: 'RFC 7519, section 4.1.7' },
  azp: { what: 'client it was made for', standard: idTokens },
  client_id: { what: 'client it was issued to', standard: 'RFC 9068, section 2.2' },
  scope: { what: 'what it may be used for', standard: 'RFC 9068, section 2.2.3' },
  auth_time: { what: 'when the user signed on', standard: idTokens, isTime: true },
  acr: { what: 'sign-on policy that was met', standard: idTokens, place: 'policies' },
  amr: { what: 'how the user signed on', standard: idTokens },
  nonce: { what: 'ties it to the sign-in', standard: idTokens },
  at_hash: { what: 'ties it to the access token', standard: 'OpenID Connect Core, section 3.2.2.9' },
  sid: { what: 'session at PingOne' },
  env: { what: 'environment ID', place: 'environment' },
  org: { what: 'organization ID' },
  'p1.rid': { what: 'ID of the request' },
  'p1.region': { what: 'region', place: 'environment' },
  name: { what: 'full name', scope: 'profile' },
  given_name: { what: 'given name', scope: 'profile' },
  middle_name: { what: 'middle name', scope: 'profile' },
  family_name: { what: 'family name', scope: 'profile' },
  nickname: { what: 'nickname', scope: 'profile' },
  preferred_username: { what: 'user name', scope: 'profile' },
  profile: { what: 'address of a page about the user', scope: 'profile' },
  picture: { what: 'address of a picture', scope: 'profile' },
  website: { what: 'address of a web site', scope: 'profile' },
  gender: { what: 'gender', scope: 'profile' },
  birthdate: { what: 'date of birth', scope: 'profile' },
  zoneinfo: { what: 'time zone', scope: 'profile' },
  locale: { what: 'language', scope: 'profile' },
  updated_at: { what: 'user last changed', scope: 'profile', isTime: true },
  email: { what: 'email address', scope: 'email' },
  email_verified: { what: 'email verified', scope: 'email' },
  address: { what: 'postal address', scope: 'address' },
  phone_number: { what: 'phone number', scope: 'phone' },
  phone_number_verified: { what: 'phone number verified', scope: 'phone' },
};

/** The claim of this name; names come from outside, and every object has a `constructor`. */
export function knownClaim(name: string): KnownClaim | undefined {
  return Object.hasOwn(knownClaims, name) ? knownClaims[name] : undefined;
}

/** The last second that a `Date` can hold. */
const lastSecond = 8.64e12;

/** A claim's value as it is shown: made safe for a terminal, times local. Empty where there is none. */
export function claimText(name: string, value: unknown, times?: 'with the number'): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' && knownClaim(name)?.isTime && value >= 0 && value <= lastSecond) {
    const time = localTime(value * 1000);
    return times ? `${value} (${time})` : time;
  }
  return safeText(typeof value === 'string' ? value : JSON.stringify(value));
}

/** What to call the person, e.g. `Ada Lovelace (ada@example.com)`. The name comes from outside: it needs `safeText` to be shown. */
export function displayNameOf(claims: Readonly<Record<string, unknown>>): string {
  const text = (name: string) => {
    const value = claims[name];
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
  };
  const full = [text('given_name'), text('family_name')].filter(Boolean).join(' ');
  const name = text('name') ?? (full || text('preferred_username'));
  const email = text('email');
  if (name && email && name !== email) return `${name} (${email})`;
  return name ?? email ?? text('sub') ?? 'an unnamed user';
}
