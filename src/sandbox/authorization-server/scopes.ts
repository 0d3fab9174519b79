import type { Environment } from '../environment.ts';
import type { Application } from '../seed/applications.ts';
import { invalidScope, type OAuthError } from './oauth-error.ts';
import type { ScopeGrant } from './sign-on-grant.ts';

/**
 * Access tokens for the PingOne API live an hour; only those for a custom resource may differ
 * (docs/pingone.md, section 4.4).
 */
const accessTokenSeconds = 3600;

/** Reads the words of a parameter such as `scope` or `prompt`, each once. */
export function spaceSeparated(parameter: string | null): readonly string[] {
  return [...new Set((parameter ?? '').split(' ').filter(Boolean))];
}

/**
 * Grants what may be granted: other scopes are left out silently, and to be left with none is an error (docs/pingone.md,
 * section 4.4).
 */
export function grantScopes(
  environment: Environment,
  application: Application,
  requested: readonly string[],
): ScopeGrant | OAuthError {
  const { openid, pingOneApi, custom } = application.scopes;
  const resources = environment.seed.customResources.filter(({ scopes }) => scopes.some((s) => requested.includes(s)));
  const withPingOne = requested.some((scope) => scope.startsWith('p1:'));
  const mayMix = application.requestScopesForMultipleResourcesEnabled && !withPingOne;
  if (resources.length + (withPingOne ? 1 : 0) > 1 && !mayMix) {
    return invalidScope('May not request scopes for multiple resources');
  }
  const mayHave = ['openid', ...openid, ...pingOneApi, ...resources.flatMap(({ id }) => custom[id] ?? [])];
  // Tokens keep the names for long: those of the application, for those of a request hold all of it (see `ForgetfulMap`).
  const granted = new Map(mayHave.map((scope) => [scope, scope]));
  const scopes = requested.flatMap((scope) => granted.get(scope) ?? []);
  if (scopes.length === 0) return invalidScope('At least one scope must be granted');
  const met = resources.filter((resource) => resource.scopes.some((scope) => scopes.includes(scope)));
  if (met.length === 0) return { scopes, audience: [environment.apiAudience], accessTokenSeconds };
  return {
    scopes,
    audience: met.map(({ audience }) => audience),
    accessTokenSeconds: Math.min(...met.map(({ accessTokenValiditySeconds }) => accessTokenValiditySeconds)),
  };
}

/**
 * Grants an application's own token. A worker's roles decide, not scopes, and without a role it gets none; `p1:*` is for
 * users only.
 */
export function grantClientScopes(
  environment: Environment,
  application: Application,
  requested: readonly string[],
): ScopeGrant | OAuthError {
  if (application.type !== 'WORKER') {
    return grantScopes(
      environment,
      { ...application, scopes: { ...application.scopes, openid: [], pingOneApi: [] } },
      requested.filter((scope) => scope !== 'openid'),
    );
  }
  const own = { scopes: [], audience: [environment.apiAudience], accessTokenSeconds };
  if (application.roles.length === 0) return invalidScope('At least one scope must be granted');
  return requested.length === 0 ? own : grantScopes(environment, withoutUserScopes(application), requested);
}

function withoutUserScopes(application: Application): Application {
  return { ...application, scopes: { ...application.scopes, pingOneApi: [] } };
}
