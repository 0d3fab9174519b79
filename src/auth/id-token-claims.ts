import type { JWTPayload } from 'jose';

/** The claims of a verified ID token that we rely on (OpenID Connect Core, section 2); the rest is the person's. */
export interface IdTokenClaims extends Readonly<JWTPayload> {
  readonly iss: string;
  readonly sub: string;
  /** Seconds since the epoch, as are all times in a token. */
  readonly exp: number;
  readonly iat: number;
}

/** What to call the person, e.g. `Ada Lovelace (ada@example.com)`. From outside: `safeText` before it is shown. */
export function displayNameOf(claims: Readonly<Record<string, unknown>>): string {
  const text = (name: string) => {
    const value = claims[name];
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
  };
  const full = [text('given_name'), text('family_name')].filter(Boolean).join(' ');
  const name = text('name') ?? (full || text('preferred_username'));
  const email = text('email');
  if (name && email && name !== email) return `${name} (${email})`;
  return name ?? email ?? text('sub') ?? 'an unnamed user';
}
