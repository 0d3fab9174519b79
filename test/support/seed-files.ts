import type { SeedFile } from '../../src/sandbox/seed/seed-file.ts';
import type { Seed } from '../../src/sandbox/seed.ts';

/** A file of which the reader makes this seed, whatever every other sandbox starts with. */
export function seedFileOf({ users, passwordPolicies, ...seed }: Seed): SeedFile {
  return {
    defaults: false,
    ...seed,
    passwordPolicies,
    users: users.map(({ password, ...user }) => {
      if (!password) return user;
      const { policyId, ...kept } = password;
      return { ...user, password: { ...kept, policy: passwordPolicies.find(({ id }) => id === policyId)?.name } };
    }),
  };
}
