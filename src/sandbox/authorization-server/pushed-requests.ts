import { randomBytes } from 'node:crypto';
import { ForgetfulMap } from '../forgetful-map.ts';

/** Keeps the authorize requests that were pushed beforehand (RFC 9126). */
export function createPushedRequests(now: () => number) {
  const requests = new ForgetfulMap<{ clientId: string; parameters: URLSearchParams; expiresAt: number }>(now, most);
  return {
    push(clientId: string, parameters: URLSearchParams, seconds: number): string {
      const uri = prefix + randomBytes(24).toString('base64url');
      requests.set(uri, { clientId, parameters, expiresAt: now() + seconds * 1000 });
      return uri;
    },
    /** Gives a request out once, and to the client that pushed it. */
    take(uri: string, clientId: string | null): URLSearchParams | undefined {
      const request = requests.get(uri);
      if (!request || request.clientId !== clientId) return undefined;
      requests.delete(uri);
      return request.expiresAt > now() ? request.parameters : undefined;
    },
  };
}

/** Each may be as large as a request. */
const most = 1000;
const prefix = 'urn:ietf:params:oauth:request_uri:';
