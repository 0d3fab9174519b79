import { isJsonObject, type JsonObject, textIn } from '../../json.ts';
import type { NewUser } from '../directory.ts';
import { platformError, validationError } from '../platform-error.ts';
import type { SandboxResponse } from '../response.ts';
import { type ApiRequest, jsonObjectSent } from './api-request.ts';
import { hashedPasswordRefused } from './password.ts';
import { policyNotMet } from './password-errors.ts';
import { unknownPopulation } from './population.ts';
import { createdResource, environmentUrl } from './resource.ts';
import { userResource } from './user.ts';
import { changedAttributes } from './user-attributes.ts';
import { usernameIn } from './username.ts';

/**
 * `POST users`: adds a user. A password comes with an import only; as `application/json` it is none of the attributes, and
 * passed over like all that is none (docs/pingone.md, section 7.1).
 */
export function createUser(request: ApiRequest): SandboxResponse {
  const body = jsonObjectSent(request);
  return body ? addUser(request, body, {}) : platformError(request, 'invalidRequest');
}

/** `user.import+json`: adds a user with what else the body says: a password, a verified email address. */
export function importUser(request: ApiRequest): SandboxResponse {
  const body = jsonObjectSent(request);
  if (!body) return platformError(request, 'invalidRequest');
  const { emailVerified, mfaEnabled, password } = body;
  return addUser(request, body, { emailVerified: emailVerified === true, mfaEnabled: mfaEnabled === true, password });
}

function addUser(
  request: ApiRequest,
  body: JsonObject,
  imported: { readonly emailVerified?: boolean; readonly mfaEnabled?: boolean; readonly password?: unknown },
): SandboxResponse {
  const { environment } = request;
  const { enabled = true, population = {}, email } = body;
  const username = usernameIn(request, body);
  if (username.kind === 'refused') return username.refusal;
  if (typeof enabled !== 'boolean') return validationError(request, 'enabled', 'must be true or false');
  const { populationId } = environment.seed.environment;
  if (!isJsonObject(population) || ![undefined, populationId].includes(textIn(population, 'id'))) {
    return unknownPopulation(request, 'population.id');
  }
  const change = changedAttributes({}, { ...body, email: email ?? '' });
  if (change.kind === 'refused') return validationError(request, change.target, change.problem);
  const attributes = { ...change.attributes, ...(imported.emailVerified ? { emailVerified: true } : {}) };
  const password = firstPassword(request, imported.password);
  if (password.kind === 'refused') return password.refusal;
  const created = environment.directory.create({
    username: username.value,
    attributes,
    enabled,
    mfaEnabled: imported.mfaEnabled ?? false,
    password: password.value,
  });
  if (created.kind === 'unmet') return policyNotMet(request, 'password', created.requirements);
  const { user } = created;
  return createdResource(`${environmentUrl(environment)}/users/${user.id}`, userResource(environment, user));
}

type FirstPassword =
  | { readonly kind: 'read'; readonly value: NewUser['password'] }
  | { readonly kind: 'refused'; readonly refusal: SandboxResponse };

/** Reads the password of an import, which has the form of `password.set+json`. */
function firstPassword(request: ApiRequest, password: unknown): FirstPassword {
  if (password === undefined) return { kind: 'read', value: undefined };
  const { value, forceChange, bypassPolicy } = isJsonObject(password) ? password : {};
  if (typeof value !== 'string' || value === '') {
    return { kind: 'refused', refusal: validationError(request, 'password.value', 'must not be empty') };
  }
  const refusal = hashedPasswordRefused(request, value);
  if (refusal) return { kind: 'refused', refusal };
  return { kind: 'read', value: { value, forceChange: forceChange === true, bypassPolicy: bypassPolicy === true } };
}
