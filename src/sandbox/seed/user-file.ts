import { Failure } from '../../errors.ts';
import { isJsonObject } from '../../json.ts';
import { problemWithAttributes } from '../management-api/user-attributes.ts';
import type { Seed } from '../seed.ts';
import type { PasswordPolicy } from './password-policy.ts';
import type { SeedPassword, SeedUser } from './users.ts';

/**
 * Puts the users of a file into the seed: one whose user name is known replaces that user, any other is added.
 *
 * @param text JSON, a list of users as the hint below shows it
 * @throws Failure `usage` naming the user and what is wrong
 */
export function withUsers(seed: Seed, text: string): Seed {
  const given = usersIn(text, seed);
  const names = new Set(given.map(({ username }) => username.toLowerCase()));
  const users = [...seed.users.filter(({ username }) => !names.has(username.toLowerCase())), ...given];
  if (names.size < given.length) throw unusableFile('two users have the same user name');
  if (new Set(users.map(({ id }) => id)).size < users.length) throw unusableFile('two users have the same id');
  return { ...seed, users };
}

function usersIn(text: string, seed: Seed): readonly SeedUser[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw unusableFile('it is not JSON', cause);
  }
  if (!Array.isArray(json)) throw unusableFile('it is not a list');
  return json.map((user: unknown, index) => userOf(user, index + 1, seed));
}

function userOf(json: unknown, position: number, seed: Seed): SeedUser {
  if (!isJsonObject(json)) throw unusableFile(`user ${position} is not an object`);
  const { username, note = 'from your file', enabled = true, attributes = {}, password, groups = [], ...rest } = json;
  if (typeof username !== 'string' || username.trim() === '') throw unusableFile(`user ${position} has no username`);
  const wrong = (what: string) => unusableFile(`user "${username}": ${what}`);
  const known = seed.users.find((user) => user.username.toLowerCase() === username.toLowerCase());
  const { identityProvider, id = known?.id ?? idAt(position), ...strangers } = rest;
  const [stranger] = Object.keys(strangers);
  if (stranger !== undefined) throw wrong(`"${stranger}" is not known`);
  if (typeof id !== 'string' || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id))
    throw wrong('id is not a UUID');
  if (typeof note !== 'string') throw wrong('note is not a text');
  if (typeof enabled !== 'boolean') throw wrong('enabled must be true or false');
  if (!isJsonObject(attributes)) throw wrong('attributes is not an object');
  const problem = problemWithAttributes(attributes);
  if (problem !== undefined) throw wrong(problem);
  if (!Array.isArray(groups) || !groups.every((group) => hasTexts(group, 'id', 'name'))) {
    throw wrong('groups must be a list of {id, name}');
  }
  if (identityProvider !== undefined && !hasTexts(identityProvider, 'id', 'type')) {
    throw wrong('identityProvider must be {id, type}');
  }
  return {
    ...{ id, username, note, enabled, attributes, groups, identityProvider },
    password: password === undefined ? undefined : seedPasswordOf(password, seed.passwordPolicies, wrong),
  };
}

function seedPasswordOf(
  json: unknown,
  policies: readonly PasswordPolicy[],
  wrong: (what: string) => Failure,
): SeedPassword {
  if (typeof json === 'string' && json !== '') return { value: json, changedDaysAgo: 30 };
  if (!isJsonObject(json)) throw wrong('password must be a text or an object');
  const { value, changedDaysAgo = 30, forceChange = false, lockedOut = false, policy, ...strangers } = json;
  const [stranger] = Object.keys(strangers);
  if (stranger !== undefined) throw wrong(`"${stranger}" of password is not known`);
  if (typeof value !== 'string' || value === '') throw wrong('password.value is not a text');
  if (typeof changedDaysAgo !== 'number' || changedDaysAgo < 0)
    throw wrong('password.changedDaysAgo is not a number of days');
  if (typeof forceChange !== 'boolean') throw wrong('password.forceChange must be true or false');
  if (typeof lockedOut !== 'boolean') throw wrong('password.lockedOut must be true or false');
  const named = policies.find(({ name }) => name === policy);
  if (policy !== undefined && !named) {
    throw wrong(`password.policy must be one of ${policies.map(({ name }) => name).join(', ')}`);
  }
  return { value, changedDaysAgo, forceChange, lockedOut, policyId: named?.id };
}

/** An ID for a user who has none in the file: readable, and apart from the seeded ones. */
function idAt(position: number): string {
  return `d0000000-0000-4000-8001-${String(position).padStart(12, '0')}`;
}

function hasTexts<K extends string>(json: unknown, ...keys: readonly K[]): json is Readonly<Record<K, string>> {
  return isJsonObject(json) && keys.every((key) => typeof json[key] === 'string');
}

function unusableFile(why: string, cause?: unknown): Failure {
  return new Failure('usage', `The file of users cannot be used: ${why}.`, {
    code: 'users_invalid',
    hint: `It is a JSON list such as ${userFileForm}.`,
    cause,
  });
}

/** What `--users` takes, for the hint of every refusal. */
const userFileForm =
  '[{"username": "mary", "password": "Steam-Engine-1842", "attributes": {"email": "mary@example.com", "name": {"given": "Mary"}}}]; ' +
  'also id, note, enabled, groups [{id, name}], identityProvider {id, type}, and for the password ' +
  '{value, changedDaysAgo, forceChange, lockedOut, policy}';
