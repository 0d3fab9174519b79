import type { SandboxResponse } from '../response.ts';
import type { UserRequest } from './api-request.ts';
import { collection, environmentUrl } from './resource.ts';

// What PingOne keeps with a user and the sandbox does not. The record links to it, so it is there, and nothing is in it.

export function getDevices(request: UserRequest): SandboxResponse {
  return emptyCollection(request, 'devices');
}

export function getRoleAssignments(request: UserRequest): SandboxResponse {
  return emptyCollection(request, 'roleAssignments');
}

export function getLinkedAccounts(request: UserRequest): SandboxResponse {
  return emptyCollection(request, 'linkedAccounts');
}

function emptyCollection({ environment, user }: UserRequest, name: string): SandboxResponse {
  return collection(`${environmentUrl(environment)}/users/${user.id}/${name}`, name, []);
}
