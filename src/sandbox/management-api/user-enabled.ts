import { flagIn } from '../../json.ts';
import { platformError, validationError } from '../platform-error.ts';
import type { SandboxResponse } from '../response.ts';
import { jsonObjectSent, type UserRequest } from './api-request.ts';
import { environmentUrl, link, resource } from './resource.ts';

/** `GET users/{id}/enabled`: says whether the user can sign on at all. */
export function getEnabled({ environment, user }: UserRequest): SandboxResponse {
  const own = `${environmentUrl(environment)}/users/${user.id}`;
  return resource({
    _links: { self: link(`${own}/enabled`), user: link(own) },
    id: user.id,
    enabled: user.enabled,
  });
}

/** `PUT users/{id}/enabled`: the only way to change it (docs/pingone.md, section 7.1). */
export function putEnabled(request: UserRequest): SandboxResponse {
  const { environment, user } = request;
  const body = jsonObjectSent(request);
  if (!body) return platformError(request, 'invalidRequest');
  const enabled = flagIn(body, 'enabled');
  if (enabled === undefined) return validationError(request, 'enabled', 'must be true or false');
  return getEnabled({ ...request, user: environment.directory.update(user.id, { enabled }) });
}
