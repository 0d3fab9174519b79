import { Failure } from '../errors.ts';
import { isJsonObject, type JsonObject, objectIn, textIn } from '../json.ts';
import type { PingOneClient } from './client.ts';

/** A user record (docs/pingone.md, section 7.1). */
export interface User {
  /** The same as the session's subject. */
  readonly id: string;
  /** Everything that is no link: names as PingOne has them, nested ones joined by a dot (`name.given`). */
  readonly attributes: Readonly<Record<string, string>>;
  /** `_embedded.password.status`; absent for users of an external identity provider. */
  readonly passwordStatus?: string | undefined;
  /** The record as it came, for `--json`. */
  readonly record: JsonObject;
}

/** @throws Failure, also when the record is another user's: none of it is shown then. */
export async function readUser(client: PingOneClient, userId: string): Promise<User> {
  const body = await client.read(userPath(userId));
  if (textIn(body, 'id') !== userId) {
    throw new Failure('failed', 'PingOne answered with the record of somebody else, or with no user record.', {
      code: 'unexpected_answer',
      hint: 'Check the region or --api-url.',
    });
  }
  const { _links, _embedded, ...record } = body;
  return {
    id: userId,
    attributes: flattened(record),
    passwordStatus: textIn(objectIn(objectIn(body, '_embedded'), 'password'), 'status'),
    record,
  };
}

/**
 * The user's resource below the environment. The ID is a claim from outside: `..`, which encoding leaves as it is, would
 * lead the request, and the passwords in it, to another resource (docs/security.md, rule 28).
 *
 * @throws Failure when the ID is more or less than one plain path segment
 */
export function userPath(userId: string): `/users/${string}` {
  if (/^[\w~-][\w.~-]*$/.test(userId)) return `/users/${userId}`;
  throw new Failure('failed', `The user ID of this session, "${userId}", is not one that PingOne's API can have.`, {
    code: 'user_id_not_valid',
    hint: 'Nothing was sent to the API. Check the region or --auth-url: PingOne gives its users UUIDs.',
  });
}

/** What the rule `excludesProfileData` compares a password with. */
export function profileValues({ attributes }: User): readonly string[] {
  return Object.values(attributes);
}

function flattened(object: JsonObject, prefix = ''): Record<string, string> {
  const leaves = Object.entries(object).flatMap(([key, value]): [string, string][] => {
    const name = `${prefix}${key}`;
    if (isJsonObject(value)) return Object.entries(flattened(value, `${name}.`));
    if (Array.isArray(value)) return [[name, value.map((one) => attributeText(one)).join(', ')]];
    return value === null ? [] : [[name, attributeText(value)]];
  });
  return Object.fromEntries(leaves);
}

function attributeText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
