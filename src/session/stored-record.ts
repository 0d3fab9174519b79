import { createHash } from 'node:crypto';
import { Failure } from '../errors.ts';
import { isAbsentOr, isJsonObject, isText, type JsonObject, parsedObject } from '../json.ts';
import { isBearerToken, type TokenSet } from '../oidc/token-set.ts';
import { lastTime } from '../output/time.ts';

// The form of everything that is kept in a store as a record: a user's session, and an application's tokens.

const version = 1;
/** Far above what PingOne's tokens need: a record of three large ones has some 20,000 characters. */
const maxLength = 512 * 1024;

/**
 * The name that something is stored under.
 *
 * @param parts whatever distinguishes this account from others; only a hash of them is in the name
 */
export function accountName(label: string, parts: readonly string[]): string {
  const readable = label.replace(/[^\w-]/g, '_').slice(0, 32);
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 20);
  return `${readable}-${hash}`;
}

/** The text of a record of ours; `parseRecord` reads it again. @throws Failure when it would not, because of its size */
export function serializeRecord(members: object): string {
  const text = JSON.stringify({ version, ...members });
  if (text.length <= maxLength) return text;
  throw new Failure('failed', `The tokens have ${text.length} characters, and ping14c stores ${maxLength} at most.`, {
    code: 'session_too_large',
    hint: 'Ask for fewer scopes, or have the application put fewer attributes into its tokens.',
  });
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

export function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= lastTime;
}
