import type { DirectoryUser } from '../directory.ts';
import type { Environment } from '../environment.ts';
import type { SandboxRequest } from '../request.ts';
import { json, type SandboxResponse } from '../response.ts';

/** Who calls: a user, whose scopes rule and who has only themselves, or a worker, whose roles rule. */
export type Actor =
  | { readonly kind: 'user'; readonly userId: string; readonly scopes: readonly string[]; readonly sessionId?: string }
  | { readonly kind: 'worker'; readonly hasRole: boolean };

/** A request that was authorized: the caller may do this. */
export interface Call {
  readonly request: SandboxRequest;
  readonly environment: Environment;
  readonly actor: Actor;
  /** The path's variable parts by name, e.g. `policyId`. */
  readonly path: Readonly<Record<string, string>>;
}

/** A call on a user who exists. */
export interface UserCall extends Call {
  readonly user: DirectoryUser;
}

/** PingOne's resources are HAL documents. */
export function resource(document: unknown): SandboxResponse {
  return json(200, document, { 'content-type': 'application/hal+json;charset=UTF-8' });
}

/** Base of all resources' links: `{apiUrl}/environments/{environmentId}`. */
export function baseOf({ apiUrl, seed }: Environment): string {
  return `${apiUrl}/environments/${seed.environment.id}`;
}

export function link(href: string): { readonly href: string } {
  return { href };
}

/** The body as a JSON object; an empty one counts as `{}`. `undefined` for anything else. */
export function bodyOf({ request }: Call): Readonly<Record<string, unknown>> | undefined {
  if (request.body.trim() === '') return {};
  const body = request.json();
  return typeof body === 'object' && body !== null && !Array.isArray(body)
    ? (body as Record<string, unknown>)
    : undefined;
}

/** ISO 8601 in UTC with milliseconds, as PingOne writes times. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
