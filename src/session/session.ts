import { createHash } from 'node:crypto';
import type { Failure } from '../errors.ts';
import { isAbsentOr, isJsonObject, isText, type JsonObject, parsedObject } from '../json.ts';
import { isBearerToken, type TokenSet } from '../oidc/token-set.ts';

/** What a session belongs to. Where one of these changes, the session's tokens are not used (docs/security.md, rule 19). */
export interface SessionIdentity {
  readonly profile: string;
  readonly issuer: string;
  readonly environmentId: string;
  readonly clientId: string;
}

/** The API that the settings name now, and where they name it: the session's access token goes there or nowhere. */
export interface ApiInForce {
  /** Without a slash at its end, e.g. `https://api.pingone.eu/v1`. */
  readonly base: string;
  /** Where it was set, in words, e.g. `PINGONE_API_DOMAIN`. */
  readonly from: string;
}

/** Which session is looked for, and with which API it must have been made. */
export interface ExpectedSession extends SessionIdentity {
  readonly api: ApiInForce;
}

/** A signed-in user. */
export interface Session extends SessionIdentity {
  /** Base of the API that the session was made for; absent in sessions that ping14c kept before it noted that. */
  readonly apiBase?: string | undefined;
  /** `sub` of the verified ID token: the PingOne user ID. */
  readonly subject: string;
  /** What to call the person: from the verified ID token, e.g. `Ada Lovelace (ada@example.com)`. */
  readonly displayName: string;
  readonly tokens: TokenSet;
  /** Milliseconds since the epoch. */
  readonly signedInAt: number;
}

/**
 * The name a session is stored under. All that the session belongs to is in it, so that with another issuer, environment,
 * client or profile there is no session (docs/security.md, rule 19). It is fit for a file name, and the profile can be read
 * in a keychain's list.
 */
export function accountOf({ profile, issuer, environmentId, clientId }: SessionIdentity): string {
  return accountName(profile, [profile, issuer, environmentId, clientId]);
}

/** @param parts whatever distinguishes this account from others; only a hash of them is in the name */
export function accountName(label: string, parts: readonly string[]): string {
  const readable = label.replace(/[^\w-]/g, '_').slice(0, 32);
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 20);
  return `${readable}-${hash}`;
}

/** What was found under an account. Only `session` can be used; the others are left as they are (docs/security.md, rule 24). */
export type StoredSession =
  | { readonly kind: 'session'; readonly session: Session }
  | { readonly kind: 'absent' }
  /** The reason is the store's own failure where it did not hand the text out. */
  | { readonly kind: 'unreadable'; readonly reason: 'too large' | 'damaged' | 'newer' | 'foreign' | Failure };

const version = 1;
/** Far above what PingOne's tokens need: a record of three large ones has some 20,000 characters. */
const maxLength = 512 * 1024;
/** The last time that a `Date` can hold (ECMAScript, "Time Values"). */
const lastTime = 8.64e15;

export function serializeSession(session: Session): string {
  return JSON.stringify({ version, ...session });
}

/** Narrows what a store gave: our own shape for this very identity, or the reason why not. Never throws. */
export function parseSession(text: string | undefined, identity: SessionIdentity): StoredSession {
  if (text === undefined) return { kind: 'absent' };
  const record = parseRecord(text);
  if ('reason' in record) return { kind: 'unreadable', reason: record.reason };
  const { members } = record;
  const { subject, displayName, signedInAt, apiBase } = members;
  const tokens = narrowTokens(members['tokens']);
  if (!tokens || !isText(subject) || !isText(displayName) || !isTime(signedInAt) || !isAbsentOr(apiBase, isText)) {
    return { kind: 'unreadable', reason: 'damaged' };
  }
  const { profile, issuer, environmentId, clientId } = identity;
  const belongs = { profile, issuer, environmentId, clientId };
  if (Object.entries(belongs).some(([name, value]) => members[name] !== value)) {
    return { kind: 'unreadable', reason: 'foreign' };
  }
  return { kind: 'session', session: { ...belongs, apiBase, subject, displayName, tokens, signedInAt } };
}

/** The members of any record of ours, once its size, form and version are known to be good. */
export function parseRecord(
  text: string,
): { readonly members: JsonObject } | { readonly reason: 'too large' | 'damaged' | 'newer' } {
  if (text.length > maxLength) return { reason: 'too large' };
  const members = parsedObject(text);
  if (!members) return { reason: 'damaged' };
  if (typeof members['version'] === 'number' && members['version'] > version) return { reason: 'newer' };
  return members['version'] === version ? { members } : { reason: 'damaged' };
}

/** A token set as it was stored. A command hands its tokens to shells and servers, so their syntax counts, whoever wrote it. */
export function narrowTokens(json: unknown): TokenSet | undefined {
  if (!isJsonObject(json)) return undefined;
  const { accessToken, expiresAt, scope, refreshToken, idToken } = json;
  if (!isAbsentOr(expiresAt, isTime) || !isAbsentOr(scope, isTextList)) return undefined;
  if (!isAbsentOr(refreshToken, isRefreshToken) || !isAbsentOr(idToken, isToken)) return undefined;
  // A sign-in may give an ID token alone.
  if (!isToken(accessToken) && !(accessToken === '' && idToken !== undefined)) return undefined;
  return { accessToken, expiresAt, scope, refreshToken, idToken };
}

function isToken(value: unknown): value is string {
  return isText(value) && isBearerToken(value);
}

/** Printable ASCII (RFC 6749, appendix A.17). */
function isRefreshToken(value: unknown): value is string {
  return isText(value) && /^[\x20-\x7e]+$/.test(value);
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= lastTime;
}
