import { createHash } from 'node:crypto';
import type { CustomResource } from '../seed.ts';
import {
  type Application,
  applicationDefaults,
  type GrantedScopes,
  type GrantType,
  signInScopes,
  type TokenEndpointAuthMethod,
} from './applications.ts';
import { type Merge, mergedList, ordinal, withoutUndefined } from './merged-list.ts';
import { problemWithRedirectUri } from './redirect-uri.ts';
import type { SeedFileApplication } from './seed-file.ts';
import { noneOf } from './seed-mistakes.ts';
import type { Path } from './seed-text.ts';

/** The applications of a seed, and those that are given. */
export function mergedApplications(
  merge: Merge,
  there: readonly Application[],
  given: readonly SeedFileApplication[],
  resources: readonly CustomResource[],
): readonly Application[] {
  const names = new Map<string, number>();
  given.forEach(({ name }, index) => {
    const first = names.get(name);
    if (first === undefined) names.set(name, index);
    else merge.mistake(['applications', index, 'name'], `is taken by the ${ordinal(first)}`);
  });
  const identified = given.map((application) => ({
    ...application,
    id: application.id ?? uuidIn(application.clientId),
  }));
  return mergedList(merge, there, identified, {
    at: ['applications'],
    key: 'clientId',
    keyOfGiven: ({ clientId, id }) => clientId ?? id,
    keyOfThing: ({ clientId }) => clientId,
    idPrefix: 'c0',
    made: (application, id, _, path) => applicationOf(merge, application, id, resources, path),
  });
}

function uuidIn(clientId: string | undefined): string | undefined {
  return clientId !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(clientId) ? clientId : undefined;
}

/** What an application has that says no more than its type (docs/pingone.md, section 14). */
const madeForType: Readonly<Record<Application['type'], MadeForType>> = {
  WEB_APP: { grantTypes: ['AUTHORIZATION_CODE'], tokenEndpointAuthMethod: 'CLIENT_SECRET_BASIC' },
  NATIVE_APP: { grantTypes: ['AUTHORIZATION_CODE'], tokenEndpointAuthMethod: 'NONE', pkceEnforcement: 'S256_REQUIRED' },
  SINGLE_PAGE_APP: {
    grantTypes: ['AUTHORIZATION_CODE'],
    tokenEndpointAuthMethod: 'NONE',
    pkceEnforcement: 'S256_REQUIRED',
  },
  WORKER: {
    grantTypes: ['CLIENT_CREDENTIALS'],
    tokenEndpointAuthMethod: 'CLIENT_SECRET_BASIC',
    roles: ['Identity Data Admin'],
  },
  SERVICE: { grantTypes: ['CLIENT_CREDENTIALS'], tokenEndpointAuthMethod: 'CLIENT_SECRET_BASIC' },
};

type MadeForType = Pick<Application, 'grantTypes' | 'tokenEndpointAuthMethod'> &
  Partial<Pick<Application, 'pkceEnforcement' | 'roles'>>;

function applicationOf(
  merge: Merge,
  { scopes, ...given }: SeedFileApplication,
  id: string,
  resources: readonly CustomResource[],
  path: Path,
): Application {
  const { type = 'WEB_APP', clientId = id, redirectUris = [] } = given;
  redirectUris.forEach((uri, index) => {
    const problem = given.allowWildcardInRedirectUris ? undefined : problemWithRedirectUri(uri);
    if (problem === undefined) return;
    merge.mistake([...path, 'redirectUris', index], `${problem} unless allowWildcardInRedirectUris is true`);
  });
  const forType = madeForType[type];
  const tokenEndpointAuthMethod = given.tokenEndpointAuthMethod ?? methodOf(given) ?? forType.tokenEndpointAuthMethod;
  const { grantTypes = forType.grantTypes } = given;
  return {
    ...applicationDefaults,
    ...forType,
    responseTypes: responseTypesOf(grantTypes),
    ...(tokenEndpointAuthMethod.startsWith('CLIENT_SECRET_') && { clientSecret: secretOf(clientId) }),
    ...withoutUndefined(given),
    ...{ id, clientId, type, grantTypes, tokenEndpointAuthMethod },
    scopes: scopes === undefined ? signInScopes : scopesOf(merge, scopes, resources, [...path, 'scopes']),
  };
}

function methodOf({ jwks, clientSecret }: SeedFileApplication): TokenEndpointAuthMethod | undefined {
  if (jwks) return 'PRIVATE_KEY_JWT';
  return clientSecret === undefined ? undefined : 'CLIENT_SECRET_BASIC';
}

function responseTypesOf(grantTypes: readonly GrantType[]): Application['responseTypes'] {
  const ofCode = grantTypes.includes('AUTHORIZATION_CODE') ? (['CODE'] as const) : [];
  return grantTypes.includes('IMPLICIT') ? [...ofCode, 'TOKEN', 'ID_TOKEN'] : ofCode;
}

/** A secret for an application that has none: as long as PingOne's, and the same each time, for what a client has saved. */
function secretOf(clientId: string): string {
  return `sandbox~${createHash('sha512').update(clientId).digest('base64url').slice(0, 56)}`;
}

function scopesOf(
  { mistake }: Merge,
  given: NonNullable<SeedFileApplication['scopes']>,
  resources: readonly CustomResource[],
  path: Path,
): GrantedScopes {
  if ('length' in given) return byResource(given, resources);
  const custom = Object.entries(given.custom ?? {}).flatMap(([called, scopes]) => {
    const at = [...path, 'custom', called];
    const resource = resources.find(({ id, name }) => id === called || name === called);
    if (!resource)
      mistake(
        at,
        noneOf(
          called,
          resources.map(({ name }) => name),
        ),
      );
    scopes.forEach((scope, index) => {
      if (resource && !resource.scopes.includes(scope)) mistake([...at, index], noneOf(scope, resource.scopes));
    });
    return resource ? [[resource.id, scopes] as const] : [];
  });
  return { openid: given.openid ?? [], pingOneApi: given.pingOneApi ?? [], custom: Object.fromEntries(custom) };
}

/** A scope says whose it is: by `p1:`, or by being one of a resource's. */
function byResource(scopes: readonly string[], resources: readonly CustomResource[]): GrantedScopes {
  const customScopes = new Set(resources.flatMap((resource) => resource.scopes));
  const pingOneApi = scopes.filter((scope) => scope.startsWith('p1:'));
  return {
    openid: scopes.filter((scope) => !pingOneApi.includes(scope) && !customScopes.has(scope)),
    pingOneApi,
    custom: Object.fromEntries(
      resources
        .map((resource) => [resource.id, scopes.filter((scope) => resource.scopes.includes(scope))] as const)
        .filter(([, granted]) => granted.length > 0),
    ),
  };
}
