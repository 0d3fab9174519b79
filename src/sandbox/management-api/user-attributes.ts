import type { UserAttributes } from '../seed/users.ts';

export type AttributeChange =
  | { readonly kind: 'changed'; readonly attributes: UserAttributes }
  | { readonly kind: 'refused'; readonly target: string; readonly problem: string };

/** Returns what is wrong with the value, in the words that follow the attribute's name. */
type Check = (value: unknown) => string | undefined;

const text: Check = (value) => (typeof value === 'string' && value.length <= 256 ? undefined : 'must be a text');
const email: Check = (value) =>
  typeof value === 'string' && /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(value)
    ? undefined
    : 'must be a well-formed email address';
const members =
  (...names: readonly string[]): Check =>
  (value) => {
    if (!isRecord(value)) return 'must be an object';
    const stranger = Object.keys(value).find((name) => !names.includes(name));
    if (stranger !== undefined) return `must not have the attribute ${stranger}`;
    return Object.values(value).every((member) => member === null || text(member) === undefined)
      ? undefined
      : 'must hold texts only';
  };

const writable: Readonly<Record<Exclude<keyof UserAttributes, 'emailVerified'>, Check>> = {
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
};

/** Parts of the record that a client may send back as it read them; they are not taken from it. */
const readOnly: ReadonlySet<string> = new Set([
  ...['_links', '_embedded', 'id', 'environment', 'account', 'createdAt', 'updatedAt', 'emailVerified', 'enabled'],
  ...['identityProvider', 'lastSignOn', 'lifecycle', 'mfaEnabled', 'population', 'username', 'verifyStatus'],
  ...['memberOfGroupIDs', 'memberOfGroupNames'],
]);

/** The attributes after a body's changes: null removes one, a complex one is merged into what was there. */
export function changedAttributes(before: UserAttributes, body: Readonly<Record<string, unknown>>): AttributeChange {
  const after: Record<string, unknown> = { ...before };
  for (const [name, value] of Object.entries(body)) {
    if (readOnly.has(name)) continue;
    if (!Object.hasOwn(writable, name)) return refused(name, 'is not a known attribute');
    const problem = value === null ? undefined : writable[name as keyof typeof writable](value);
    if (problem !== undefined) return refused(name, problem);
    const merged = isRecord(value) && isRecord(after[name]) ? { ...after[name], ...value } : value;
    after[name] = isRecord(merged) ? withoutNulls(merged) : merged;
  }
  // A new address has not been verified.
  if (after['email'] !== before.email) after['emailVerified'] = false;
  return { kind: 'changed', attributes: withoutNulls(after) as UserAttributes };
}

/** Whether every attribute is one that the directory takes; `undefined`, or what is wrong. For users given in a file. */
export function problemWithAttributes(attributes: Readonly<Record<string, unknown>>): string | undefined {
  const { emailVerified, ...others } = attributes;
  if (emailVerified !== undefined && typeof emailVerified !== 'boolean') return 'emailVerified must be true or false';
  const stranger = Object.keys(others).find((name) => !Object.hasOwn(writable, name));
  if (stranger !== undefined) return `${stranger} is not a known attribute`;
  const change = changedAttributes({}, others);
  return change.kind === 'refused' ? `${change.target} ${change.problem}` : undefined;
}

function refused(target: string, problem: string): AttributeChange {
  return { kind: 'refused', target, problem };
}

function withoutNulls(record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
