import { textIn } from '../../json.ts';
import type { Environment } from '../environment.ts';
import { platformError, validationError } from '../platform-error.ts';
import type { SandboxResponse } from '../response.ts';
import { type ApiRequest, jsonObjectSent, type UserRequest } from './api-request.ts';
import { collection, environmentCreatedAt, environmentUrl, link, resource, timeText } from './resource.ts';

/** The environment has one population, the default one. */
export function getPopulations({ environment }: ApiRequest): SandboxResponse {
  const members = [populationResource(environment)];
  return collection(`${environmentUrl(environment)}/populations`, 'populations', members);
}

export function getPopulation(request: ApiRequest): SandboxResponse {
  const { environment, pathVariables } = request;
  const known = pathVariables['populationId'] === environment.seed.environment.populationId;
  return known ? resource(populationResource(environment)) : platformError(request, 'notFound');
}

/** `GET users/{id}/population` */
export function getUserPopulation({ environment, user }: UserRequest): SandboxResponse {
  const own = `${environmentUrl(environment)}/users/${user.id}`;
  return resource({
    _links: { self: link(`${own}/population`), user: link(own) },
    id: environment.seed.environment.populationId,
  });
}

/** `PUT users/{id}/population`: there is no other population to move to, so only the same one is taken. */
export function putUserPopulation(request: UserRequest): SandboxResponse {
  const body = jsonObjectSent(request);
  if (!body) return platformError(request, 'invalidRequest');
  const known = textIn(body, 'id') === request.environment.seed.environment.populationId;
  return known ? getUserPopulation(request) : unknownPopulation(request, 'id');
}

export function unknownPopulation(request: ApiRequest, target: string): SandboxResponse {
  return validationError(request, target, 'must be the ID of a population of this environment');
}

function populationResource(environment: Environment): object {
  const base = environmentUrl(environment);
  const { id, populationId } = environment.seed.environment;
  const policy = environment.seed.passwordPolicies.find((candidate) => candidate.default);
  return {
    _links: {
      self: link(`${base}/populations/${populationId}`),
      environment: link(base),
      passwordPolicy: policy && link(`${base}/passwordPolicies/${policy.id}`),
    },
    id: populationId,
    environment: { id },
    name: 'Default',
    userCount: environment.directory.users().length,
    default: true,
    passwordPolicy: policy && { id: policy.id },
    createdAt: timeText(environmentCreatedAt),
    updatedAt: timeText(environmentCreatedAt),
  };
}
