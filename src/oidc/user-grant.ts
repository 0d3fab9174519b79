import type { TokenSet } from './token-set.ts';

/** Tokens of a user, and who that is. */
export interface UserGrant {
  readonly tokens: TokenSet;
  /** Of the verified ID token; userinfo's where the grant gave none, as `tokens` then shows. */
  readonly claims: SubjectClaims;
}

/** What is said about somebody who is named at least by `sub`. */
interface SubjectClaims extends Readonly<Record<string, unknown>> {
  readonly sub: string;
}
