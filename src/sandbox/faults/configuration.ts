import type { Application } from '../seed/applications.ts';
import type { Seed } from '../seed.ts';
import type { Fault } from './fault.ts';

type ApplicationChange = (application: Application) => Partial<Application>;

/** The console of PingOne as somebody has left it: what goes wrong before the first real sign-in. */
export const configurationFaults = {
  'unknown-client': {
    happens: 'the environment does not know the client ID, as when it is that of another environment',
    meetsIt: 'login',
    seed: eachApplication(({ clientId }) => ({ clientId: `${clientId}-elsewhere` })),
  },
  'application-disabled': {
    happens: 'the application is switched off in the console',
    meetsIt: 'login',
    seed: eachApplication(() => ({ enabled: false })),
  },
  'redirect-uri-mismatch': {
    happens: 'another redirect URI is registered than the one that is sent',
    meetsIt: 'login',
    seed: eachApplication(() => ({ redirectUris: ['https://127.0.0.1/another-path'] })),
  },
  'response-type-not-enabled': {
    happens: 'the application may use no response type',
    meetsIt: 'login',
    seed: eachApplication(() => ({ responseTypes: [] })),
  },
  'client-authentication-refused': {
    happens: 'the application authenticates in another way than the client does: PingOne says "invalid_client"',
    meetsIt: 'token --client-credentials',
    seed: eachApplication(({ tokenEndpointAuthMethod: method }) => ({
      tokenEndpointAuthMethod: method === 'CLIENT_SECRET_POST' ? 'CLIENT_SECRET_BASIC' : 'CLIENT_SECRET_POST',
    })),
  },
  'worker-without-roles': {
    happens: 'the worker application has no administrator role, so it gets no token',
    meetsIt: 'token --client-credentials',
    seed: eachApplication(() => ({ roles: [] })),
  },
  'scope-refused': {
    happens: 'the scope "email" belongs to an API of the customer, which cannot be mixed with PingOne’s',
    meetsIt: 'login',
    seed: (seed) => ({
      ...seed,
      customResources: seed.customResources.map((api) => ({ ...api, scopes: [...api.scopes, 'email'] })),
    }),
  },
  'scopes-dropped': {
    happens: 'no scope of the PingOne API is granted to the application: those asked for are left out in silence',
    meetsIt: 'login, then passwd',
    seed: eachApplication(({ scopes }) => ({ scopes: { ...scopes, pingOneApi: [] } })),
  },
  'no-refresh-token': {
    happens: 'the grant "Refresh Token" is not allowed: the session ends with its access token, after an hour',
    meetsIt: 'login, then status',
    seed: eachApplication(({ grantTypes }) => ({ grantTypes: grantTypes.filter((type) => type !== 'REFRESH_TOKEN') })),
  },
  'par-required': {
    happens: 'the application takes pushed authorization requests only',
    meetsIt: 'login',
    seed: eachApplication(() => ({ parRequirement: 'REQUIRED' })),
  },
  'signoff-refused': {
    happens: 'the application may not sign off by ID token, and no post-logout redirect URI is registered',
    meetsIt: 'logout',
    seed: eachApplication(() => ({ idpSignoff: false, postLogoutRedirectUris: [] })),
  },
  'user-locked-out': {
    happens: 'everybody has just typed a wrong password too often, and waits 15 minutes',
    meetsIt: 'login',
    users: ({ users }) => {
      const able = users().filter(
        ({ password: { lastChangedAt, lockedAt } }) => lastChangedAt !== undefined && lockedAt === undefined,
      );
      for (const { password } of able) password.lockOut();
      return () => {
        for (const { password } of able) password.unlock();
      };
    },
  },
} as const satisfies Readonly<Record<string, Fault>>;

function eachApplication(change: ApplicationChange): (seed: Seed) => Seed {
  return (seed) => ({
    ...seed,
    applications: seed.applications.map((application) => ({ ...application, ...change(application) })),
  });
}
