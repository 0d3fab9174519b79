import type { DirectoryUser } from '../directory.ts';
import type { Environment } from '../environment.ts';
import { platformError } from '../platform-error.ts';
import type { SandboxResponse } from '../response.ts';
import type { ApiRequest, UserRequest } from './api-request.ts';
import { collection, environmentUrl, link, resource } from './resource.ts';

/** A group is there because somebody is in it: the seed knows groups by their members only. */
export function getGroups({ environment }: ApiRequest): SandboxResponse {
  const members = groupsOf(environment).map((group) => groupResource(environment, group));
  return collection(`${environmentUrl(environment)}/groups`, 'groups', members);
}

export function getGroup(request: ApiRequest): SandboxResponse {
  const { environment, pathVariables } = request;
  const group = groupsOf(environment).find(({ id }) => id === pathVariables['groupId']);
  return group ? resource(groupResource(environment, group)) : platformError(request, 'notFound');
}

/** `GET users/{id}/memberOfGroups` */
export function getMemberships({ environment, user }: UserRequest): SandboxResponse {
  const own = `${environmentUrl(environment)}/users/${user.id}/memberOfGroups`;
  const memberships = user.groups.map((group) => membershipResource(environment, user, group));
  return collection(own, 'groupMemberships', memberships);
}

export function getMembership(request: UserRequest): SandboxResponse {
  const { environment, user, pathVariables } = request;
  const group = user.groups.find(({ id }) => id === pathVariables['groupId']);
  return group ? resource(membershipResource(environment, user, group)) : platformError(request, 'notFound');
}

type Group = DirectoryUser['groups'][number];

function groupsOf({ directory }: Environment): readonly Group[] {
  const all = directory.users().flatMap(({ groups }) => groups);
  return [...new Map(all.map((group) => [group.id, group])).values()];
}

function groupResource(environment: Environment, { id, name }: Group): object {
  const base = environmentUrl(environment);
  const users = environment.directory.users().filter(({ groups }) => groups.some((group) => group.id === id)).length;
  return {
    _links: { self: link(`${base}/groups/${id}`), environment: link(base) },
    id,
    environment: { id: environment.seed.environment.id },
    name,
    directMemberCounts: { users },
  };
}

function membershipResource(environment: Environment, user: DirectoryUser, { id, name }: Group): object {
  const base = environmentUrl(environment);
  return {
    _links: {
      self: link(`${base}/users/${user.id}/memberOfGroups/${id}`),
      group: link(`${base}/groups/${id}`),
      user: link(`${base}/users/${user.id}`),
    },
    id,
    environment: { id: environment.seed.environment.id },
    name,
    type: 'DIRECT',
  };
}
