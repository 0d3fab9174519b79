import { claimText } from '../output/claim-text.ts';
import { columns } from '../output/columns.ts';
import type { Output } from '../output/output.ts';
import { safeText } from '../output/safe-text.ts';
import type { Check, Inspection } from './token-inspection.ts';

/** What a claim means: those of RFC 7519, RFC 9068 and OpenID Connect Core, and PingOne's own (docs/pingone.md, section 5). */
const meanings: Readonly<Record<string, string>> = {
  iss: 'issuer: who made the token',
  sub: 'subject: the user ID',
  aud: 'audience: whom it is for',
  exp: 'ends',
  nbf: 'not before',
  iat: 'issued',
  jti: 'ID of the token',
  azp: 'client it was made for',
  client_id: 'client it was issued to',
  scope: 'what it may be used for',
  auth_time: 'when the user signed on',
  acr: 'sign-on policy that was met',
  amr: 'how the user signed on',
  nonce: 'ties it to the sign-in',
  at_hash: 'ties it to the access token',
  sid: 'session at PingOne',
  env: 'environment ID',
  org: 'organization ID',
  'p1.rid': 'ID of the request',
  'p1.region': 'region',
  name: 'full name',
  given_name: 'given name',
  family_name: 'family name',
  preferred_username: 'user name',
  email: 'email address',
  email_verified: 'email verified',
  phone_number: 'phone number',
  address: 'postal address',
  updated_at: 'user last changed',
};

const kinds = { accessToken: 'Access token', idToken: 'ID token' } as const;
const outcomes: Readonly<Record<Check['outcome'], string>> = {
  passed: 'verified',
  failed: 'FAILED',
  notChecked: 'not verified',
};

/** Claims by name with what they mean, then what was verified and what was not. */
export function inspectionText(inspection: Inspection, output: Output): string {
  const { kind, owner, header, claims, checks, missingScopes } = inspection;
  const claimRows = Object.entries(claims).map(([name, value]) => [
    safeText(name),
    claimText(name, value, 'with the number'),
    Object.hasOwn(meanings, name) ? (meanings[name] ?? '') : '',
  ]);
  const headerText = Object.entries(header).map(([name, value]) => `${name} ${claimText(name, value)}`);
  const checkRows = checks.map(({ name, outcome, reason }) => [name, outcomes[outcome], safeText(reason)]);
  const scopes = missingScopes.map(
    ({ command, scopes }) => `Missing for ${command}: ${scopes.join(' ')}. Ask for them with "ping14c login --scope".`,
  );
  const nobody = 'It names no user: whoami and passwd work for somebody who has signed in.';
  return [
    `${output.paint.bold(kinds[kind])} (${safeText(headerText.join(', '))})`,
    columns(['CLAIM', 'VALUE', 'MEANING'], claimRows, output),
    columns(['CHECK', '', ''], checkRows, output),
    [...scopes, ...(owner === 'application' ? [nobody] : [])].join('\n'),
  ]
    .filter(Boolean)
    .join('\n\n');
}

export function inspectionDocument({ kind, owner, header, claims, checks, missingScopes }: Inspection) {
  return { schemaVersion: 1, kind, owner, header, claims, checks, missingScopes };
}
