import { Failure } from '../../errors.ts';
import { problemWithAttributes } from '../management-api/user-attributes.ts';
import { type CustomResource, defaultSeed, type Seed } from '../seed.ts';
import { type Merge, mergedList, merging, ordinal, withoutUndefined } from './merged-list.ts';
import type { PasswordPolicy } from './password-policy.ts';
import { mergedApplications } from './seed-applications.ts';
import {
  type SeedFileCustomResource,
  type SeedFilePasswordPolicy,
  type SeedFileUser,
  seedFileSchema,
  usersSchema,
} from './seed-file.ts';
import { fittingSchema, noneOf, type SeedOrigin, seedFailure } from './seed-mistakes.ts';
import { type Mistake, type Path, readSeedText } from './seed-text.ts';
import type { SeedPassword, SeedUser } from './users.ts';

/**
 * Makes the seed that somebody wants, e.g. of a test, out of the one that every sandbox has.
 *
 * @param given a `SeedFile`
 * @param source what a message calls it, e.g. `The seed`
 * @throws Failure `usage` that tells all that is wrong, and where
 */
export function readSeed(given: unknown, source: string): Seed {
  return seedOf(given, { name: source, code: 'seed_invalid' }, []);
}

/** The same, of a JSON text. @param file its name, for messages */
export function seedInText(text: string, file: string): Seed {
  const { value, origin, mistakes } = inText(text, file, `The seed ${file}`, 'seed_invalid');
  return seedOf(value, origin, mistakes);
}

/** Puts the users of a JSON text into a seed; it is a list. @param file its name, for messages */
export function withUsersInText(seed: Seed, text: string, file: string): Seed {
  const { value, origin, mistakes } = inText(text, file, `The file of users ${file}`, 'users_invalid');
  const result = fittingSchema(usersSchema, value);
  if (result.kind === 'misfits') throw seedFailure(origin, [...mistakes, ...result.mistakes]);
  const merge = merging();
  const users = mergedUsers(merge, [], seed.users, result.value, seed.passwordPolicies);
  return done({ ...seed, users }, origin, [...mistakes, ...merge.mistakes]);
}

function inText(text: string, file: string, name: string, code: SeedOrigin['code']) {
  const read = readSeedText(text);
  if ('problem' in read) {
    throw new Failure('usage', `${name} is not JSON.`, {
      code,
      details: [{ target: `${file}:${read.place}`, message: read.problem }],
    });
  }
  const origin: SeedOrigin = { name, code, place: (path) => `${file}:${read.place(path)}` };
  return { value: read.value, origin, mistakes: read.mistakes };
}

/** 1. Look at each part. 2. Put it to the others. 3. Look at what belongs together. */
function seedOf(given: unknown, origin: SeedOrigin, before: readonly Mistake[]): Seed {
  if (Array.isArray(given)) {
    throw seedFailure(origin, [
      ...before,
      { path: [], message: 'must be an object, with a list of users as its "users"' },
    ]);
  }
  const result = fittingSchema(seedFileSchema, given);
  if (result.kind === 'misfits') throw seedFailure(origin, [...before, ...result.mistakes]);
  const file = result.value;
  const base =
    file.defaults === false ? { ...defaultSeed, users: [], applications: [], customResources: [] } : defaultSeed;
  const merge = merging();
  const passwordPolicies = mergedPolicies(merge, base.passwordPolicies, file.passwordPolicies ?? []);
  const customResources = mergedResources(merge, base.customResources, file.customResources ?? []);
  return done(
    {
      environment: { ...base.environment, ...withoutUndefined(file.environment ?? {}) },
      passwordPolicies,
      customResources,
      users: mergedUsers(merge, ['users'], base.users, file.users ?? [], passwordPolicies),
      applications: mergedApplications(merge, base.applications, file.applications ?? [], customResources),
    },
    origin,
    [...before, ...merge.mistakes],
  );
}

function done(seed: Seed, origin: SeedOrigin, mistakes: readonly Mistake[]): Seed {
  if (mistakes.length > 0) throw seedFailure(origin, mistakes);
  return seed;
}

function mergedUsers(
  merge: Merge,
  at: Path,
  there: readonly SeedUser[],
  given: readonly SeedFileUser[],
  policies: readonly PasswordPolicy[],
): readonly SeedUser[] {
  return mergedList(merge, there, given, {
    at,
    key: 'username',
    keyOfGiven: ({ username }) => username.toLowerCase(),
    keyOfThing: ({ username }) => username.toLowerCase(),
    idPrefix: 'd0',
    made: ({ note = 'of your own', attributes = {}, password, ...user }, id, _, path): SeedUser => {
      const problem = problemWithAttributes({ ...attributes });
      if (problem !== undefined) merge.mistake([...path, 'attributes'], problem);
      return withoutUndefined({
        ...{ ...user, id, note, attributes },
        password: passwordOf(merge, password, policies, [...path, 'password']),
      });
    },
  });
}

function passwordOf(
  { mistake }: Merge,
  given: SeedFileUser['password'],
  policies: readonly PasswordPolicy[],
  path: Path,
): SeedPassword | undefined {
  if (given === undefined) return undefined;
  const {
    value,
    changedDaysAgo = 30,
    forceChange,
    lockedOut,
    policy,
  } = typeof given === 'string' ? { value: given } : given;
  const named = policies.find(({ name }) => name === policy);
  if (policy !== undefined && !named)
    mistake(
      [...path, 'policy'],
      noneOf(
        policy,
        policies.map(({ name }) => name),
      ),
    );
  return withoutUndefined({ value, changedDaysAgo, forceChange, lockedOut, policyId: named?.id });
}

function mergedPolicies(
  merge: Merge,
  there: readonly PasswordPolicy[],
  given: readonly SeedFilePasswordPolicy[],
): readonly PasswordPolicy[] {
  const first = given.findIndex((policy) => policy.default);
  given.forEach((policy, index) => {
    const at = ['passwordPolicies', index];
    if (policy.default && index > first) merge.mistake([...at, 'default'], `is true for the ${ordinal(first)} as well`);
    const { length } = policy;
    if (length && length.min > length.max) merge.mistake([...at, 'length'], 'must not have a min above its max');
  });
  const policies = mergedList(merge, there, given, {
    at: ['passwordPolicies'],
    key: 'name',
    keyOfGiven: ({ name }) => name,
    keyOfThing: ({ name }) => name,
    idPrefix: 'f0',
    made: ({ description = '', ...policy }, id, before): PasswordPolicy =>
      withoutUndefined({ ...policy, id, description, default: policy.default ?? before?.default ?? false }),
  });
  const preset =
    first < 0
      ? policies.filter((policy) => policy.default)
      : policies.filter(({ name }) => name === given[first]?.name);
  if (preset.length === 0) merge.mistake(['passwordPolicies'], 'must have one whose default is true');
  return policies.map((policy) => ({ ...policy, default: preset.includes(policy) }));
}

function mergedResources(
  merge: Merge,
  there: readonly CustomResource[],
  given: readonly SeedFileCustomResource[],
): readonly CustomResource[] {
  return mergedList(merge, there, given, {
    at: ['customResources'],
    key: 'name',
    keyOfGiven: ({ name }) => name,
    keyOfThing: ({ name }) => name,
    idPrefix: 'a0',
    made: ({ audience, scopes = [], accessTokenValiditySeconds = 3600, ...resource }, id): CustomResource =>
      withoutUndefined({
        ...{ ...resource, id, audience: audience ?? resource.name, scopes, accessTokenValiditySeconds },
      }),
  });
}
