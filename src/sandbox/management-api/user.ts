import type { DirectoryUser } from '../directory.ts';
import type { SandboxResponse } from '../exchange.ts';
import { platformError, validationError } from '../platform-error.ts';
import type { UserAttributes } from '../seed/user.ts';
import { baseOf, bodyOf, type Call, link, resource, type UserCall } from './call.ts';
import { changedAttributes } from './user-attributes.ts';
import { userResource } from './user-record.ts';

export function readUser({ environment, request, user }: UserCall): SandboxResponse {
  return resource(userResource(environment, user, (request.url.searchParams.get('include') ?? '').split(',')));
}

/** All users, or with `?filter=username eq "ada"` (also by email) the one. Other filters are refused, not ignored. */
export function readUsers({ environment, request }: Call): SandboxResponse {
  const filter = request.url.searchParams.get('filter');
  const [, attribute, value] = /^\(?\s*(username|email) eq "([^"]*)"\s*\)?$/i.exec(filter ?? '') ?? [];
  if (filter !== null && attribute === undefined) {
    return validationError(request, 'filter', 'must be of the form username eq "…" or email eq "…" in the sandbox');
  }
  const wanted = (user: DirectoryUser) => {
    const own = attribute?.toLowerCase() === 'email' ? user.attributes.email : user.username;
    return value === undefined || own?.toLowerCase() === value.toLowerCase();
  };
  const users = environment.directory.users().filter(wanted);
  return resource({
    _links: { self: link(`${baseOf(environment)}/users`) },
    _embedded: { users: users.map((user) => userResource(environment, user)) },
    count: users.length,
    size: users.length,
  });
}

/** PATCH keeps what the body does not name, within complex attributes too; null removes. */
export function patchUser(call: UserCall): SandboxResponse {
  return changeUser(call, call.user.attributes);
}

/** PUT replaces all attributes. */
export function putUser(call: UserCall): SandboxResponse {
  return changeUser(call, {});
}

function changeUser(call: UserCall, before: UserAttributes): SandboxResponse {
  const { environment, request, user } = call;
  const body = bodyOf(call);
  if (!body) return platformError(request, 'invalidRequest');
  const change = changedAttributes(before, body);
  if (change.kind === 'refused') return validationError(request, change.target, change.problem);
  return resource(userResource(environment, environment.directory.update(user.id, change.attributes)));
}
