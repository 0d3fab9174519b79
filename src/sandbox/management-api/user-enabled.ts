import { flagIn } from '../../json.ts';
import { platformError, validationError } from '../platform-error.ts';
import type { SandboxResponse } from '../response.ts';
import { jsonObjectSent, type UserRequest } from './api-request.ts';
import { environmentUrl, link, resource } from './resource.ts';

// Two switches of a user that have addresses of their own, and are changed there only (docs/pingone.md, section 7.1).

/** `GET users/{id}/enabled`: says whether the user can sign on at all. */
export function getEnabled(request: UserRequest): SandboxResponse {
  return showSwitch(request, 'enabled');
}

export function putEnabled(request: UserRequest): SandboxResponse {
  return turnSwitch(request, 'enabled');
}

/** `GET users/{id}/mfaEnabled`: says whether a second factor is asked for on PingOne. */
export function getMfaEnabled(request: UserRequest): SandboxResponse {
  return showSwitch(request, 'mfaEnabled');
}

export function putMfaEnabled(request: UserRequest): SandboxResponse {
  return turnSwitch(request, 'mfaEnabled');
}

type Switch = 'enabled' | 'mfaEnabled';

function showSwitch({ environment, user }: UserRequest, name: Switch): SandboxResponse {
  const own = `${environmentUrl(environment)}/users/${user.id}`;
  return resource({ _links: { self: link(`${own}/${name}`), user: link(own) }, [name]: user[name] });
}

function turnSwitch(request: UserRequest, name: Switch): SandboxResponse {
  const { environment, user } = request;
  const body = jsonObjectSent(request);
  if (!body) return platformError(request, 'invalidRequest');
  const on = flagIn(body, name);
  if (on === undefined) return validationError(request, name, 'must be true or false');
  return showSwitch({ ...request, user: environment.directory.update(user.id, { [name]: on }) }, name);
}
