import type { SandboxRequest } from './request.ts';
import type { SandboxResponse } from './response.ts';

/** Stands between a request and its answer: may change, delay or replace it; `undefined` cuts the connection. */
export type Intercept = (
  request: SandboxRequest,
  proceed: () => Promise<SandboxResponse>,
) => Promise<SandboxResponse | undefined>;

export const interceptNothing: Intercept = (_request, proceed) => proceed();

/** Puts one within the other. A connection that the inner one cuts stays cut, whatever the outer one makes of it. */
export function nestIntercepts(outer: Intercept, inner: Intercept): Intercept {
  return async (request, proceed) => {
    let cut = false;
    const response = await outer(request, async () => {
      const passed = await inner(request, proceed);
      cut ||= passed === undefined;
      return passed ?? { status: 502 };
    });
    return cut ? undefined : response;
  };
}
