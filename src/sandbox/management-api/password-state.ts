import type { DirectoryUser } from '../directory.ts';
import type { Environment } from '../environment.ts';
import type { SandboxResponse } from '../response.ts';
import type { UserRequest } from './api-request.ts';
import { passwordPolicyResource } from './password-policy.ts';
import { environmentUrl, link, resource, timeText } from './resource.ts';

/**
 * Answers whoever reads or changes a password. The policy is in the answer where `expand` asks for it (docs/pingone.md,
 * section 7.2).
 */
export function getPasswordState({ environment, user, method, url }: UserRequest): SandboxResponse {
  const base = environmentUrl(environment);
  const own = `${base}/users/${user.id}`;
  const { policy } = user.password;
  const state = passwordState(environment, user);
  const expand = method === 'GET' ? (url.searchParams.get('expand') ?? '') : '';
  const expanded = expand.split(',').includes('passwordPolicy') && state.passwordPolicy !== undefined;
  return resource({
    _links: {
      self: link(`${own}/password`),
      environment: link(base),
      user: link(own),
      passwordPolicy: state.passwordPolicy && link(`${base}/passwordPolicies/${policy.id}`),
      ...passwordLinks(environment, user.id, ['check', 'reset', 'set', 'recover']),
    },
    ...state,
    _embedded: expanded ? { passwordPolicy: passwordPolicyResource(environment, policy) } : undefined,
  });
}

/** Tells the password's state without its links, as it also stands inside the user record. */
export function passwordState({ seed }: Environment, { id, password }: DirectoryUser) {
  const { lastChangedAt } = password;
  const status = password.status();
  return {
    environment: { id: seed.environment.id },
    user: { id },
    passwordPolicy: status === 'EXTERNAL' ? undefined : { id: password.policy.id },
    status,
    lastChangedAt: lastChangedAt === undefined ? undefined : timeText(lastChangedAt),
    secondsUntilUnlock: password.secondsUntilUnlock(),
  };
}

/**
 * Makes the links of all actions: they share one address, and the media type tells them apart
 * (docs/pingone.md, section 7.1).
 *
 * @param actions in the recorded order, which is another one beside a user than beside the state
 */
export function passwordLinks(
  environment: Environment,
  userId: string,
  actions: readonly ('set' | 'reset' | 'check' | 'recover')[],
): Readonly<Record<string, object>> {
  const password = link(`${environmentUrl(environment)}/users/${userId}/password`);
  return Object.fromEntries(actions.map((action) => [`password.${action}`, password]));
}
