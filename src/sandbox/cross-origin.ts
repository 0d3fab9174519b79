import { type Environment, enabledApplication } from './environment.ts';
import type { SandboxRequest } from './request.ts';
import { empty, type SandboxResponse } from './response.ts';
import type { Application, CorsSettings } from './seed/applications.ts';
import { applicationOf } from './sign-on/flow.ts';

/**
 * Lets pages of other origins call what PingOne lets them call, and read the correlation ID (docs/pingone.md, sections 2 and
 * 3); without it no single-page application would work here.
 */
export async function acrossOrigins(
  environment: Environment,
  request: SandboxRequest,
  proceed: () => Promise<SandboxResponse>,
): Promise<SandboxResponse> {
  const { origin, 'access-control-request-method': method } = request.headers;
  const preflight = request.method === 'OPTIONS' && method;
  // Looked up before the request is answered, which may end the flow that it names.
  const allowed = origin === undefined ? undefined : allowedOrigin(environment, request, origin);
  if (!allowed) return unreadable(request, await proceed());
  const shared = { ...allowed, 'access-control-expose-headers': 'Correlation-Id' };
  if (preflight) return preflightAnswer(request, method, shared);
  const { headers, ...rest } = await proceed();
  return { ...rest, headers: { ...headers, ...shared } };
}

/**
 * Adds for the log what the browser tells a page, and no program, of an answer that it keeps from it. A browser that goes
 * somewhere with a page's form says that it navigates (Fetch Metadata).
 */
function unreadable({ headers }: SandboxRequest, response: SandboxResponse): SandboxResponse {
  const { origin, 'sec-fetch-mode': mode } = headers;
  if (origin === undefined || mode !== 'cors') return response;
  const why = `the page may not read this: list ${origin.slice(0, longestTold)} in the application's "corsSettings"`;
  return { ...response, notice: [response.notice, why].filter(Boolean).join('; ') };
}

const longestTold = 300;

/**
 * Allows by name what was asked for and PingOne takes: `*` does not stand for `Authorization` (Fetch, section 4.8). The log says
 * what else the page wanted to send: the browser will not.
 */
function preflightAnswer(request: SandboxRequest, method: string, shared: Allowed): SandboxResponse {
  const asked = (request.headers['access-control-request-headers'] ?? '').split(',').map((name) => name.trim());
  const taken = asked.filter((name) => headersTaken.has(name.toLowerCase()));
  const others = asked.filter((name) => name !== '' && !taken.includes(name)).join(', ');
  const answer = empty(204, {
    ...shared,
    'access-control-allow-methods': method,
    ...(taken.length > 0 ? { 'access-control-allow-headers': taken.join(',') } : {}),
    'access-control-max-age': '3600',
  });
  const why = `PingOne takes no header ${others.slice(0, longestTold)} from a page of another origin`;
  return others === '' ? answer : { ...answer, notice: why };
}

/** What a page of another origin may send: what PingOne documents, and two that Ping's own packages send. */
const headersTaken: ReadonlySet<string> = new Set([
  ...['accept', 'accept-language', 'content-language', 'content-type', 'range', 'authorization', 'content-length'],
  ...['cookie', 'correlation-id', 'origin', 'origin-cookies', 'referer', 'referrer', 'x-amz-date'],
  ...['x-amz-security-token', 'x-api-key', 'x-client-version', 'x-content-type-options'],
  ...['x-requested-with', 'x-requested-platform'],
]);

type Allowed = Readonly<Record<string, string>>;

/** Says to the browser who may read the answer; `undefined` where nobody of another origin may. */
function allowedOrigin(environment: Environment, request: SandboxRequest, origin: string): Allowed | undefined {
  const access = accessTo(environment, request.url.pathname);
  if (access === 'closed') return undefined;
  const echoed = { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' };
  const anybody = access === 'anybody' ? { 'access-control-allow-origin': '*' } : echoed;
  const application = applicationIn(environment, request);
  if (application?.corsSettings) return isListed(application.corsSettings, origin) ? echoed : undefined;
  if (access !== 'listed') return anybody;
  if (application) return undefined;
  // A preflight has no body, and a sign-off may name no application: then any of them may have listed the origin.
  const listing = environment.seed.applications.some(
    ({ enabled, corsSettings }) => enabled && corsSettings && isListed(corsSettings, origin),
  );
  return listing ? echoed : undefined;
}

/** `anybody` without cookies, `credentialed` with them, or only the origins that are `listed` by an application. */
type Access = 'anybody' | 'credentialed' | 'listed' | 'closed';

/** Below the issuer; all others are for anybody. */
const accessBelowIssuer: ReadonlyMap<string, Access> = new Map([
  // What the user's cookie authenticates.
  ['authorize', 'listed'],
  ['resume', 'listed'],
  ['signoff', 'listed'],
  // Ping's JavaScript packages fetch these with `credentials: 'include'`, for which a browser does not take `*`.
  ['par', 'credentialed'],
  ['token', 'credentialed'],
  ['userinfo', 'credentialed'],
  ['revoke', 'credentialed'],
  ['idpSignoff', 'credentialed'],
]);

function accessTo({ seed }: Environment, pathname: string): Access {
  const [, first, second, ...rest] = pathname.split('/');
  if (first === 'v1') return 'anybody';
  if (first !== seed.environment.id) return 'closed';
  if (second === 'as') return accessBelowIssuer.get(rest.join('/')) ?? 'anybody';
  // The sign-on pages and the device page are for browsers to go to, never to fetch.
  return second === 'flows' ? 'listed' : 'closed';
}

/** Finds the application that the request is about: by its client ID, or by the flow that goes on. */
function applicationIn(environment: Environment, request: SandboxRequest): Application | undefined {
  const { searchParams } = request.url;
  const flow = environment.flows.find(flowIn(request.url));
  if (flow) return applicationOf(flow);
  return enabledApplication(environment, searchParams.get('client_id') ?? request.form().get('client_id'));
}

/**
 * The ID of the flow that goes on, where the endpoint reads one: named elsewhere, another application's flow would open what
 * its page may not read.
 */
function flowIn({ pathname, searchParams }: URL): string | null {
  const [, , place, name = null] = pathname.split('/');
  if (place === 'flows') return name;
  return place === 'as' && name === 'resume' ? searchParams.get('flowId') : null;
}

/** Whether the origin is one of those listed; `*` in one of them stands for any part of a name (docs/pingone.md, section 9). */
function isListed({ behavior, origins = [] }: CorsSettings, origin: string): boolean {
  if (behavior === 'ALLOW_NO_ORIGINS') return false;
  return origins.some((listed) => {
    const [start = '', end] = listed.split('*');
    if (end === undefined) return origin === listed;
    const middle = origin.slice(start.length, origin.length - end.length);
    return origin === start + middle + end && /^[^/:]+$/.test(middle);
  });
}
