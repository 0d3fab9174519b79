import type { Environment } from '../environment.ts';
import { platformError } from '../platform-error.ts';
import type { SandboxResponse } from '../response.ts';
import type { PasswordPolicy } from '../seed/password-policy.ts';
import type { ApiRequest } from './api-request.ts';
import { collection, environmentCreatedAt, environmentUrl, link, resource, timeText } from './resource.ts';

export function getPasswordPolicies({ environment }: ApiRequest): SandboxResponse {
  const policies = environment.seed.passwordPolicies.map((policy) => passwordPolicyResource(environment, policy));
  return collection(`${environmentUrl(environment)}/passwordPolicies`, 'passwordPolicies', policies);
}

export function getPasswordPolicy(request: ApiRequest): SandboxResponse {
  const { environment, pathVariables } = request;
  const policy = environment.seed.passwordPolicies.find(({ id }) => id === pathVariables['policyId']);
  return policy ? resource(passwordPolicyResource(environment, policy)) : platformError(request, 'notFound');
}

/** Shows the policy as the API does (docs/pingone.md, section 7.5). */
export function passwordPolicyResource(environment: Environment, policy: PasswordPolicy): object {
  const base = environmentUrl(environment);
  const { id, name, description, default: isDefault, ...rules } = policy;
  return {
    _links: { self: link(`${base}/passwordPolicies/${id}`), environment: link(base) },
    id,
    environment: { id: environment.seed.environment.id },
    name,
    description,
    ...rules,
    populationCount: isDefault ? 1 : 0,
    createdAt: timeText(environmentCreatedAt),
    updatedAt: timeText(environmentCreatedAt),
    default: isDefault,
  };
}
