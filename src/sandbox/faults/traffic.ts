import type { SandboxRequest } from '../request.ts';
import { html, type SandboxResponse } from '../response.ts';
import type { TrafficFault } from './fault.ts';

type At = TrafficFault['at'];
type FaultyAnswer = TrafficFault['answer'];

/** Requests to an endpoint below the issuer, e.g. `token`. */
export function endpoint(path: string): At {
  return ({ url }) => url.pathname.endsWith(`/as/${path}`);
}

/** Requests to the token endpoint with this grant. */
export function granting(grantType: string): At {
  const token = endpoint('token');
  return (request) => token(request) && request.form().get('grant_type') === grantType;
}

export const managementApi: At = ({ url }) => url.pathname.startsWith('/v1/');

/** Requests by which a user changes their own password. */
export const passwordPut: At = (request) =>
  request.method === 'PUT' && managementApi(request) && request.url.pathname.endsWith('/password');

/** Resets the connection; nothing has been done. */
export const cut: FaultyAnswer = async () => undefined;

/** Sends nothing back, until the client gives up. */
export const stall: FaultyAnswer = () => new Promise(() => {});

/** Does what was asked, and then resets the connection. */
export const doThenCut: FaultyAnswer = async (_request, proceed) => {
  await proceed();
  return undefined;
};

/** Does what was asked, and then sends nothing back. */
export const doThenStall: FaultyAnswer = async (request, proceed, count) => {
  await proceed();
  return stall(request, proceed, count);
};

/** Answers as a gateway does, in HTML, whatever was asked for. */
export function gateway(status: number, headers: SandboxResponse['headers'] = {}): FaultyAnswer {
  const page = `<!doctype html><title>Gateway</title><h1>${status}</h1><p>This page comes from a proxy, not from PingOne.`;
  return async () => html(status, page, headers);
}

/** Sends half of the body, and then ends the connection. */
export const truncate: FaultyAnswer = async (_request, proceed) => {
  const { body = '', headers, status } = await proceed();
  const length = String(Buffer.byteLength(body));
  // Node closes a connection that is not kept alive after the last byte given to it, and the promise stays unkept.
  return {
    status,
    headers: { ...headers, 'content-length': length, connection: 'close' },
    body: body.slice(0, Math.floor(body.length / 2)),
  };
};

/** Does what was asked twice, as if somebody else had come first with the same; the second answer counts. */
export const doTwice: FaultyAnswer = async (_request, proceed) => {
  await proceed();
  return proceed();
};

/** Changes the parameters of the redirect back to the application. */
export function withCallback(change: (parameters: URLSearchParams) => void): FaultyAnswer {
  return async (_request, proceed) => {
    const answer = await proceed();
    const location = answer.headers?.['location'];
    if (typeof location !== 'string') return answer;
    const url = new URL(location);
    change(url.searchParams);
    return { ...answer, headers: { ...answer.headers, location: url.href } };
  };
}

/** Replaces members of a JSON answer. */
export function withMembers(changes: (request: SandboxRequest) => Readonly<Record<string, unknown>>): FaultyAnswer {
  return async (request, proceed) => {
    const answer = await proceed();
    if (answer.status !== 200) return answer;
    const honest = JSON.parse(answer.body ?? '{}') as object;
    return { ...answer, body: JSON.stringify({ ...honest, ...changes(request) }) };
  };
}
