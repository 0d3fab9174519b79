import { isJsonObject, type JsonObject } from '../../json.ts';
import type { UserAttributes } from '../seed/users.ts';

type AttributeChange =
  | { readonly kind: 'changed'; readonly attributes: UserAttributes }
  | { readonly kind: 'refused'; readonly target: string; readonly problem: string };

/**
 * Makes a body's changes to the attributes: null removes one, a complex one is merged into what was there. What is no
 * attribute, and what cannot be changed in this way, is passed over (docs/pingone.md, section 7.1).
 */
export function changedAttributes(before: UserAttributes, body: JsonObject): AttributeChange {
  const after: Record<string, unknown> = { ...before };
  for (const [name, sent] of Object.entries(body)) {
    if (!isWritable(name)) continue;
    const value = withKnownMembers(name, sent);
    const problem = value === null ? undefined : writable[name](value);
    if (problem !== undefined) return { kind: 'refused', target: name, problem };
    const merged = isJsonObject(value) && isJsonObject(after[name]) ? { ...after[name], ...value } : value;
    after[name] = isJsonObject(merged) ? withoutNulls(merged) : merged;
  }
  // A new address has not been verified. Of one that never was, nothing is said, as in the recordings.
  if (after['email'] !== before.email && before.emailVerified !== undefined) after['emailVerified'] = false;
  return { kind: 'changed', attributes: withoutNulls(after) as UserAttributes };
}

/** Says what is wrong with the attributes of a user from a file; `undefined` where the directory takes each of them. */
export function problemWithAttributes(attributes: JsonObject): string | undefined {
  const { emailVerified, ...others } = attributes;
  if (emailVerified !== undefined && typeof emailVerified !== 'boolean') return 'emailVerified must be true or false';
  const stranger = Object.keys(others).find((name) => !isWritable(name));
  if (stranger !== undefined) return `${stranger} is not a known attribute`;
  for (const [name, value] of Object.entries(others)) {
    const problem = isWritable(name) ? writable[name](value) : undefined;
    if (problem !== undefined) return `${name} ${problem}`;
  }
  return undefined;
}

/** Says what is wrong with a value, in the words that follow the attribute's name. */
type ProblemWith = (value: unknown) => string | undefined;

const text: ProblemWith = (value) => (typeof value === 'string' && value.length <= 256 ? undefined : 'must be a text');
const email: ProblemWith = (value) =>
  typeof value === 'string' && /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(value)
    ? undefined
    : 'must be a well-formed email address';
/** A complex attribute of these members, all of them texts. */
const complex =
  (name: keyof typeof members): ProblemWith =>
  (value) => {
    if (!isJsonObject(value)) return 'must be an object';
    const stranger = Object.keys(value).find((member) => !members[name].includes(member));
    if (stranger !== undefined) return `must not have the attribute ${stranger}`;
    return Object.values(value).every((member) => member === null || text(member) === undefined)
      ? undefined
      : 'must hold texts only';
  };

const members: Readonly<Record<'name' | 'photo' | 'address', readonly string[]>> = {
  name: ['given', 'family', 'middle', 'formatted', 'honorificPrefix', 'honorificSuffix'],
  photo: ['href'],
  address: ['streetAddress', 'locality', 'region', 'postalCode', 'countryCode'],
};

function withKnownMembers(name: string, value: unknown): unknown {
  if (!isComplex(name) || !isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([member]) => members[name].includes(member)));
}

function isComplex(name: string): name is keyof typeof members {
  return Object.hasOwn(members, name);
}

const writable = {
  email,
  name: complex('name'),
  nickname: text,
  title: text,
  type: text,
  externalId: text,
  locale: text,
  preferredLanguage: text,
  timezone: text,
  mobilePhone: text,
  primaryPhone: text,
  photo: complex('photo'),
  address: complex('address'),
} as const satisfies Readonly<Record<Exclude<keyof UserAttributes, 'emailVerified'>, ProblemWith>>;

function isWritable(name: string): name is keyof typeof writable {
  return Object.hasOwn(writable, name);
}

function withoutNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}
