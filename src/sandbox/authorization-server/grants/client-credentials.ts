import { json } from '../../exchange.ts';
import { isRefusal } from '../refusal.ts';
import { grantClientScopes, scopesIn } from '../scopes.ts';
import type { Grant } from '../token.ts';
import { clientAccessToken } from '../tokens.ts';

/** Gives an application its own token, and no ID or refresh token (docs/pingone.md, section 4.4). */
export const clientCredentials: Grant = async (environment, application, form) => {
  const granted = grantClientScopes(environment, application, scopesIn(form.get('scope')));
  if (isRefusal(granted)) return granted;
  return json(200, {
    access_token: await clientAccessToken(environment, application, granted),
    token_type: 'Bearer',
    expires_in: granted.accessTokenSeconds,
    ...(granted.scopes.length > 0 ? { scope: granted.scopes.join(' ') } : {}),
  });
};
