import { createHash } from 'node:crypto';
import type { Application } from '../seed/applications.ts';
import { invalidRequest, type OAuthError } from './oauth-error.ts';

/** What the client has made of its code verifier (RFC 7636, section 4.2). */
export interface CodeChallenge {
  readonly method: 'S256' | 'plain';
  readonly value: string;
}

/** Reads the PKCE parameters, as the application's `pkceEnforcement` wants them (docs/pingone.md, sections 3 and 9). */
export function readCodeChallenge(
  { pkceEnforcement }: Pick<Application, 'pkceEnforcement'>,
  parameters: URLSearchParams,
): CodeChallenge | OAuthError | undefined {
  const value = parameters.get('code_challenge');
  // Without a method the challenge is plain (RFC 7636, section 4.3).
  const method = parameters.get('code_challenge_method') ?? 'plain';
  if (value === null) {
    return pkceEnforcement === 'OPTIONAL' ? undefined : invalidRequest('code_challenge is required');
  }
  if (method !== 'S256' && method !== 'plain') {
    return invalidRequest(`Unsupported code_challenge_method: ${method}`);
  }
  if (pkceEnforcement === 'S256_REQUIRED' && method !== 'S256') {
    return invalidRequest('code_challenge_method must be S256');
  }
  // A SHA-256 in base64url is 43 characters long, a verifier 43 to 128 (RFC 7636, sections 4.1 and 4.2).
  const form = method === 'S256' ? /^[A-Za-z0-9_-]{43}$/ : /^[A-Za-z0-9._~-]{43,128}$/;
  return form.test(value) ? { method, value } : invalidRequest('code_challenge is malformed');
}

/**
 * Whether the verifier belongs to the challenge. One without a challenge is refused too: it means that the challenge was
 * stripped (RFC 9700, section 2.1.1).
 */
export function codeVerifierFits(challenge: CodeChallenge | undefined, verifier: string | null): boolean {
  if (!challenge) return verifier === null;
  if (verifier === null || !/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) return false;
  if (challenge.method === 'plain') return verifier === challenge.value;
  return createHash('sha256').update(verifier).digest('base64url') === challenge.value;
}
