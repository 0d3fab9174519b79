import type { Environment } from './environment.ts';
import type { SandboxRequest } from './request.ts';
import { empty, type SandboxResponse } from './response.ts';

/** Endpoints that the user's cookie authenticates are open to no other origin. */
const cookieEndpoints: ReadonlySet<string> = new Set(['authorize', 'resume', 'signoff', 'idpSignoff']);

/**
 * Lets pages of other origins call what a token or a secret authenticates, and read the correlation ID (docs/pingone.md,
 * section 2); without it no single-page application would work here. The allowed origin is `*`, so that cookies stay away.
 */
export async function acrossOrigins(
  environment: Environment,
  request: SandboxRequest,
  proceed: () => Promise<SandboxResponse>,
): Promise<SandboxResponse> {
  const { origin, 'access-control-request-method': method } = request.headers;
  if (origin === undefined || !isOpen(environment, request.url.pathname)) return proceed();
  const allowed = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'Correlation-Id' };
  if (request.method === 'OPTIONS' && method) return empty(204, { ...allowed, ...preflightHeaders(request, method) });
  const { headers, ...rest } = await proceed();
  return { ...rest, headers: { ...headers, ...allowed } };
}

/** Allows what was asked for by name: `*` does not stand for `Authorization` (Fetch, section 4.8). */
function preflightHeaders(request: SandboxRequest, method: string): Readonly<Record<string, string>> {
  const names = request.headers['access-control-request-headers'];
  return {
    'access-control-allow-methods': method,
    ...(names ? { 'access-control-allow-headers': names } : {}),
    'access-control-max-age': '3600',
  };
}

function isOpen({ seed }: Environment, pathname: string): boolean {
  if (pathname.startsWith('/v1/')) return true;
  const prefix = `/${seed.environment.id}/as/`;
  return pathname.startsWith(prefix) && !cookieEndpoints.has(pathname.slice(prefix.length));
}
