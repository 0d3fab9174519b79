/** The scopes of PingOne's API by which users read and change what is theirs (docs/pingone.md, section 6). */
export const selfScopes = {
  readUser: 'p1:read:user',
  readPassword: 'p1:read:userPassword',
  resetPassword: 'p1:reset:userPassword',
} as const;

/** The scopes that these commands need in an access token; together they are what a sign-in asks for. */
export const scopesNeeded = {
  whoami: ['openid', 'profile', 'email', 'address', 'phone', selfScopes.readUser],
  passwd: [selfScopes.readPassword, selfScopes.resetPassword],
} as const;
