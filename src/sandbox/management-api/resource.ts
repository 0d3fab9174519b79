import type { Environment } from '../environment.ts';
import { json, type SandboxResponse } from '../response.ts';

/** Answers with a resource of PingOne's, which is a HAL document. */
export function resource(document: object): SandboxResponse {
  return json(200, document, { 'content-type': 'application/hal+json;charset=UTF-8' });
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

export function link(href: string): { readonly href: string } {
  return { href };
}

/** Writes a time in ISO 8601, in UTC with milliseconds, as PingOne writes times. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
