import type { SandboxRequest } from '../request.ts';
import { html, type SandboxResponse } from '../response.ts';
import type { TrafficFault } from './fault.ts';

type At = TrafficFault['at'];
type FaultyAnswer = TrafficFault['answer'];

/** Below the issuer, e.g. `token`. */
export function endpoint(path: string): At {
  return ({ url }) => url.pathname.endsWith(`/as/${path}`);
}

/** Requests to the token endpoint with this grant. */
export function granting(grantType: string): At {
  const token = endpoint('token');
  return (request) => token(request) && request.form().get('grant_type') === grantType;
}

export const managementApi: At = ({ url }) => url.pathname.startsWith('/v1/');

/** A user's change of their own password. */
export const passwordPut: At = (request) =>
  request.method === 'PUT' && managementApi(request) && request.url.pathname.endsWith('/password');

/** The connection is reset; nothing has been done. */
export const cut: FaultyAnswer = async () => undefined;

/** Nothing comes back, until the client gives up. */
export const stall: FaultyAnswer = () => new Promise(() => {});

/** Done as asked; then the connection is reset. */
export const doThenCut: FaultyAnswer = async (_request, proceed) => {
  await proceed();
  return undefined;
};

/** Done as asked; then nothing comes back. */
export const doThenStall: FaultyAnswer = async (request, proceed, count) => {
  await proceed();
  return stall(request, proceed, count);
};

/** A gateway's own answer, in HTML, whatever was asked for. */
export function gateway(status: number, headers: SandboxResponse['headers'] = {}): FaultyAnswer {
  const page = `<!doctype html><title>Gateway</title><h1>${status}</h1><p>This page comes from a proxy, not from PingOne.`;
  return async () => html(status, page, headers);
}

/** Half of the body, then the end of the connection. */
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

/** Done twice, as if somebody else had come first with the same; the second answer counts. */
export const doTwice: FaultyAnswer = async (_request, proceed) => {
  await proceed();
  return proceed();
};

/** The redirect back to the application, with other parameters. */
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

/** A JSON answer with members replaced. */
export function withMembers(changes: (request: SandboxRequest) => Readonly<Record<string, unknown>>): FaultyAnswer {
  return async (request, proceed) => {
    const answer = await proceed();
    if (answer.status !== 200) return answer;
    const honest = JSON.parse(answer.body ?? '{}') as object;
    return { ...answer, body: JSON.stringify({ ...honest, ...changes(request) }) };
  };
}
