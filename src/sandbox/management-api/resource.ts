import type { Environment } from '../environment.ts';
import type { SandboxRequest } from '../request.ts';
import { json, type SandboxResponse } from '../response.ts';

/** Answers with a resource of PingOne's, which is a HAL document. */
export function resource(document: object): SandboxResponse {
  return json(200, document);
}

/** Answers with a resource that has just been made, and says where it is. */
export function createdResource(href: string, document: object): SandboxResponse {
  return json(201, document, { location: href });
}

/**
 * Names the media type of a resource as the request accepts it: `application/json` where that is accepted by name, else
 * HAL's own (docs/pingone.md, sections 8 and 14). Errors are always `application/json`.
 */
export function inAcceptedMediaType(
  { headers }: Pick<SandboxRequest, 'headers'>,
  response: SandboxResponse,
): SandboxResponse {
  const isResource = response.status < 300 && response.body !== undefined;
  if (!isResource || acceptsByName(headers.accept ?? '', 'application/json')) return response;
  return { ...response, headers: { ...response.headers, 'content-type': 'application/hal+json;charset=UTF-8' } };
}

/** Whether `Accept` names the media type, and not with a weight of 0, which refuses it (RFC 9110, section 12.4.2). */
function acceptsByName(accept: string, wanted: string): boolean {
  return accept.split(',').some((range) => {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    return type === wanted && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}

/** Answers with a whole collection: the sandbox does not split one into pages. */
export function collection(href: string, name: string, members: readonly object[]): SandboxResponse {
  return resource({
    _links: { self: link(href) },
    _embedded: { [name]: members },
    count: members.length,
    size: members.length,
  });
}

/** The base of all links: `{apiUrl}/environments/{environmentId}`. */
export function environmentUrl({ apiUrl, seed }: Environment): string {
  return `${apiUrl}/environments/${seed.environment.id}`;
}

/** When the environment was made, and all that PingOne puts into each: any fixed time before the sandbox serves. */
export const environmentCreatedAt = Date.UTC(2025, 0, 1);

export function link(href: string): { readonly href: string } {
  return { href };
}

/** Writes a time in ISO 8601, in UTC with milliseconds, as PingOne writes times. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
