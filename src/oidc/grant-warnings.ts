import { safeText } from '../output/safe-text.ts';
import type { SignInWishes } from './authorization-request.ts';
import { hasAccessToken, isVouchedFor, missingScopes } from './token-set.ts';
import type { UserGrant } from './user-grant.ts';

/** Why nobody should use the implicit grant: the help and each sign-in by it say so (RFC 9700, section 2.1.2). */
export const implicitCaution =
  'the implicit grant hands tokens through the browser, where history, extensions and other pages may see them, and it ' +
  'gives no refresh token; use it only for an application that allows nothing else';

/** What a person should know about the tokens that they got, a warning each. Claims and scopes come from outside. */
export function grantWarnings({ tokens, claims }: UserGrant, asked: SignInWishes): readonly string[] {
  const missing = missingScopes(asked.scope, tokens);
  const acr = typeof claims['acr'] === 'string' ? claims['acr'] : undefined;
  const policies = asked.acrValues?.split(' ').filter(Boolean) ?? [];
  const vouched = isVouchedFor(tokens);
  return [
    ...(missing.length > 0
      ? [`Not granted: ${safeText(missing.join(' '))}. Commands that need them will say so.`]
      : []),
    ...(vouched && policies.length > 0 && !(acr && policies.includes(acr))
      ? [
          `You asked for the sign-on policy ${policies.join(' or ')}; PingOne ${acr ? `used ${safeText(acr)}` : 'does not say which it used'}.`,
        ]
      : []),
    ...(vouched
      ? []
      : ['Without an ID token only userinfo says who you are, and passwd refuses to work with this session.']),
    ...(!vouched && asked.maxAge !== undefined
      ? ['Without an ID token the age of the sign-in cannot be checked.']
      : []),
    ...(hasAccessToken(tokens)
      ? []
      : ['There is no access token: whoami shows the ID token, other commands need another sign-in.']),
  ];
}
