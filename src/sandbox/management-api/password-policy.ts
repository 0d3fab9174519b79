import type { Environment } from '../environment.ts';
import { platformError } from '../platform-error.ts';
import type { SandboxResponse } from '../response.ts';
import type { PasswordPolicy } from '../seed/password-policy.ts';
import { baseOf, type Call, link, resource, timeText } from './call.ts';

/** When PingOne made the predefined policies of this environment; any fixed time serves. */
const madeAt = Date.UTC(2025, 0, 1);

/** The policy as the API shows it (docs/pingone.md, section 7.5). */
export function passwordPolicyResource(environment: Environment, policy: PasswordPolicy): object {
  const base = baseOf(environment);
  const { id, name, description, default: isDefault, ...rules } = policy;
  return {
    _links: { self: link(`${base}/passwordPolicies/${id}`), environment: link(base) },
    id,
    environment: { id: environment.seed.environment.id },
    name,
    description,
    ...rules,
    populationCount: isDefault ? 1 : 0,
    createdAt: timeText(madeAt),
    updatedAt: timeText(madeAt),
    default: isDefault,
  };
}

export function readPasswordPolicies({ environment }: Call): SandboxResponse {
  const policies = environment.seed.passwordPolicies.map((policy) => passwordPolicyResource(environment, policy));
  return resource({
    _links: { self: link(`${baseOf(environment)}/passwordPolicies`) },
    _embedded: { passwordPolicies: policies },
    count: policies.length,
    size: policies.length,
  });
}

export function readPasswordPolicy({ environment, request, path }: Call): SandboxResponse {
  const policy = environment.seed.passwordPolicies.find(({ id }) => id === path['policyId']);
  return policy ? resource(passwordPolicyResource(environment, policy)) : platformError(request, 'notFound');
}
