import { randomBytes } from 'node:crypto';

/** Keeps the authorize requests that were pushed beforehand (RFC 9126). */
export function createPushedRequests(now: () => number) {
  const requests = new Map<string, { clientId: string; parameters: URLSearchParams; expiresAt: number }>();
  return {
    push(clientId: string, parameters: URLSearchParams, seconds: number): string {
      for (const [old, { expiresAt }] of requests) if (expiresAt <= now()) requests.delete(old);
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

const prefix = 'urn:ietf:params:oauth:request_uri:';
