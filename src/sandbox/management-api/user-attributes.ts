import { isJsonObject, type JsonObject } from '../../json.ts';
import type { UserAttributes } from '../seed/users.ts';

type AttributeChange =
  | { readonly kind: 'changed'; readonly attributes: UserAttributes }
  | { readonly kind: 'refused'; readonly target: string; readonly problem: string };

/** Makes a body's changes to the attributes: null removes one, a complex one is merged into what was there. */
export function changedAttributes(before: UserAttributes, body: JsonObject): AttributeChange {
  const after: Record<string, unknown> = { ...before };
  for (const [name, value] of Object.entries(body)) {
    if (readOnly.has(name)) continue;
    if (!isWritable(name)) return { kind: 'refused', target: name, problem: 'is not a known attribute' };
    const problem = value === null ? undefined : writable[name](value);
    if (problem !== undefined) return { kind: 'refused', target: name, problem };
    const merged = isJsonObject(value) && isJsonObject(after[name]) ? { ...after[name], ...value } : value;
    after[name] = isJsonObject(merged) ? withoutNulls(merged) : merged;
  }
  // A new address has not been verified.
  if (after['email'] !== before.email) after['emailVerified'] = false;
  return { kind: 'changed', attributes: withoutNulls(after) as UserAttributes };
}

/** Says what is wrong with the attributes of a user from a file; `undefined` where the directory takes each of them. */
export function problemWithAttributes(attributes: JsonObject): string | undefined {
  const { emailVerified, ...others } = attributes;
  if (emailVerified !== undefined && typeof emailVerified !== 'boolean') return 'emailVerified must be true or false';
  const stranger = Object.keys(others).find((name) => !isWritable(name));
  if (stranger !== undefined) return `${stranger} is not a known attribute`;
  const change = changedAttributes({}, others);
  return change.kind === 'refused' ? `${change.target} ${change.problem}` : undefined;
}

/** Says what is wrong with a value, in the words that follow the attribute's name. */
type ProblemWith = (value: unknown) => string | undefined;

const text: ProblemWith = (value) => (typeof value === 'string' && value.length <= 256 ? undefined : 'must be a text');
const email: ProblemWith = (value) =>
  typeof value === 'string' && /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(value)
    ? undefined
    : 'must be a well-formed email address';
const members =
  (...names: readonly string[]): ProblemWith =>
  (value) => {
    if (!isJsonObject(value)) return 'must be an object';
    const stranger = Object.keys(value).find((name) => !names.includes(name));
    if (stranger !== undefined) return `must not have the attribute ${stranger}`;
    return Object.values(value).every((member) => member === null || text(member) === undefined)
      ? undefined
      : 'must hold texts only';
  };

const writable = {
  email,
  name: members('given', 'family', 'middle', 'formatted', 'honorificPrefix', 'honorificSuffix'),
  nickname: text,
  title: text,
  type: text,
  externalId: text,
  locale: text,
  preferredLanguage: text,
  timezone: text,
  mobilePhone: text,
  primaryPhone: text,
  photo: members('href'),
  address: members('streetAddress', 'locality', 'region', 'postalCode', 'countryCode'),
} as const satisfies Readonly<Record<Exclude<keyof UserAttributes, 'emailVerified'>, ProblemWith>>;

function isWritable(name: string): name is keyof typeof writable {
  return Object.hasOwn(writable, name);
}

/**
 * Parts of the record that a client may send back as it read them; they are not taken from it
 * (docs/pingone.md, section 14).
 */
const readOnly: ReadonlySet<string> = new Set([
  ...['_links', '_embedded', 'id', 'environment', 'account', 'createdAt', 'updatedAt', 'emailVerified', 'enabled'],
  ...['identityProvider', 'lastSignOn', 'lifecycle', 'mfaEnabled', 'population', 'username', 'verifyStatus'],
  ...['memberOfGroupIDs', 'memberOfGroupNames'],
]);

function withoutNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}
