import { isJsonObject, type JsonObject } from '../../json.ts';
import type { DirectoryUser } from '../directory.ts';
import type { Environment } from '../environment.ts';
import type { SandboxRequest } from '../request.ts';

/** A request to the management API that has been authorized: the actor may do this. */
export interface ApiRequest extends SandboxRequest {
  readonly environment: Environment;
  readonly actor: Actor;
  /** The path's variable parts by name, e.g. `policyId`. */
  readonly pathVariables: Readonly<Record<string, string>>;
}

/** A request about a user who exists. */
export interface UserRequest extends ApiRequest {
  readonly user: DirectoryUser;
}

/** Who asks: a user, whose scopes decide and who has only themselves, or a worker, whose roles decide. */
export type Actor =
  | {
      readonly kind: 'user';
      readonly userId: string;
      readonly scopes: readonly string[];
      readonly sessionId?: string | undefined;
    }
  | { readonly kind: 'worker'; readonly hasRole: boolean };

/** Reads the body as a JSON object; an empty one counts as `{}`, and anything else gives `undefined`. */
export function jsonObjectSent(request: SandboxRequest): JsonObject | undefined {
  if (request.body.trim() === '') return {};
  const body = request.json();
  return isJsonObject(body) ? body : undefined;
}
