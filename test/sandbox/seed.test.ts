import { describe, expect, it } from 'vitest';
import { unsatisfiedRequirements } from '../../src/sandbox/directory/unsatisfied-requirements.ts';
import { defaultSeed } from '../../src/sandbox/seed.ts';

describe('the seed', () => {
  it('names everything with a UUID of its own', () => {
    const { environment, applications, users, passwordPolicies, customResources } = defaultSeed;
    const named = [...applications, ...users, ...passwordPolicies, ...customResources].map(({ id }) => id);
    const ids = [environment.id, environment.organizationId, environment.populationId, ...named];
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(defaultSeed.users.flatMap(({ username, password }) => (password ? [[username, password] as const] : [])))(
    'gives %s a password that the policy in force would take',
    (_, { value, policyId }) => {
      const policy = defaultSeed.passwordPolicies.find(({ id, default: preset }) =>
        policyId ? id === policyId : preset,
      );
      expect(policy && unsatisfiedRequirements(policy, { password: value, profile: [], used: false })).toEqual([]);
    },
  );

  it.each(defaultSeed.applications.map((application) => [application.name, application] as const))(
    'gives %s what its settings need',
    (_, { tokenEndpointAuthMethod, clientSecret, grantTypes, redirectUris }) => {
      expect(clientSecret !== undefined).toBe(tokenEndpointAuthMethod.startsWith('CLIENT_SECRET'));
      // HS512 needs a secret of its hash's length (RFC 7518, section 3.2).
      expect(clientSecret === undefined || clientSecret.length === 64).toBe(true);
      expect(redirectUris.length > 0).toBe(grantTypes.includes('AUTHORIZATION_CODE'));
    },
  );
});
