import { randomBytes } from 'node:crypto';
import { ForgetfulMap } from '../forgetful-map.ts';

/** Keeps the authorize requests that were pushed beforehand (RFC 9126). */
export function createPushedRequests(now: () => number) {
  const requests = new ForgetfulMap<{ clientId: string; bytes: Buffer; expiresAt: number }>(now);
  return {
    push(clientId: string, parameters: URLSearchParams, seconds: number): string {
      const uri = prefix + randomBytes(24).toString('base64url');
      // Read, they may take up ten times as much.
      const bytes = Buffer.from(parameters.toString());
      requests.set(uri, { clientId, bytes, expiresAt: now() + seconds * 1000 }, bytes.length);
      return uri;
    },
    /** Gives a request out once, and to the client that pushed it. */
    take(uri: string, clientId: string | null): URLSearchParams | undefined {
      const request = requests.get(uri);
      if (!request || request.clientId !== clientId) return undefined;
      requests.delete(uri);
      return request.expiresAt > now() ? new URLSearchParams(request.bytes.toString()) : undefined;
    },
  };
}

const prefix = 'urn:ietf:params:oauth:request_uri:';
