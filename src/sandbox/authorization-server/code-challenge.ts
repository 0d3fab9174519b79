import type { Application } from '../seed/application.ts';
import type { CodeChallenge } from './authorization-code.ts';
import { invalidRequest, type Refusal } from './refusal.ts';
import type { ResponseType } from './response-type.ts';

/** Reads the PKCE parameters, as the application's `pkceEnforcement` wants them (docs/pingone.md, sections 3 and 9). */
export function codeChallenge(
  { pkceEnforcement }: Pick<Application, 'pkceEnforcement'>,
  responseTypes: readonly ResponseType[],
  parameters: URLSearchParams,
): CodeChallenge | Refusal | undefined {
  if (!responseTypes.includes('code')) return undefined;
  const value = parameters.get('code_challenge');
  // RFC 7636, section 4.3: absent means plain.
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
  // RFC 7636, section 4.2: a SHA-256 in base64url is 43 characters long, a verifier 43 to 128.
  const form = method === 'S256' ? /^[A-Za-z0-9_-]{43}$/ : /^[A-Za-z0-9._~-]{43,128}$/;
  return form.test(value) ? { method, value } : invalidRequest('code_challenge is malformed');
}
