import type { DirectoryUser } from '../directory.ts';
import type { Environment } from '../environment.ts';
import type { SandboxResponse } from '../exchange.ts';
import { baseOf, link, resource, timeText, type UserCall } from './call.ts';
import { passwordPolicyResource } from './password-policy.ts';

/** The password's state without its links, as it also stands inside the user record. */
export function passwordStateOf({ seed }: Environment, { id, credential }: DirectoryUser): object {
  const { lastChangedAt } = credential;
  const secondsUntilUnlock = credential.secondsUntilUnlock();
  const status = credential.status();
  return {
    environment: { id: seed.environment.id },
    user: { id },
    ...(status === 'EXTERNAL' ? {} : { passwordPolicy: { id: credential.policy.id } }),
    status,
    ...(lastChangedAt === undefined ? {} : { lastChangedAt: timeText(lastChangedAt) }),
    ...(secondsUntilUnlock === undefined ? {} : { secondsUntilUnlock }),
  };
}

/** The links of all actions: they share one address, and the media type tells them apart (docs/pingone.md, section 7.1). */
export function passwordLinks(environment: Environment, userId: string): Readonly<Record<string, object>> {
  const password = link(`${baseOf(environment)}/users/${userId}/password`);
  const actions = ['set', 'reset', 'check', 'recover'];
  return Object.fromEntries(actions.map((action) => [`password.${action}`, password]));
}

/**
 * The answer to reading and to changing a password. The policy is in it where `expand` asks for it (docs/pingone.md,
 * section 7.2).
 */
export function passwordState({ environment, user, request }: UserCall): SandboxResponse {
  const base = baseOf(environment);
  const self = `${base}/users/${user.id}/password`;
  const { policy } = user.credential;
  const state = passwordStateOf(environment, user);
  const expand = request.method === 'GET' ? (request.url.searchParams.get('expand') ?? '') : '';
  const expanded = expand.split(',').includes('passwordPolicy') && 'passwordPolicy' in state;
  return resource({
    _links: {
      self: link(self),
      environment: link(base),
      user: link(`${base}/users/${user.id}`),
      ...('passwordPolicy' in state ? { passwordPolicy: link(`${base}/passwordPolicies/${policy.id}`) } : {}),
      ...passwordLinks(environment, user.id),
    },
    ...(expanded ? { _embedded: { passwordPolicy: passwordPolicyResource(environment, policy) } } : {}),
    ...state,
  });
}
