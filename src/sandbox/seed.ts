import { type Application, applications, ordersResourceId } from './seed/applications.ts';
import { type PasswordPolicy, passwordPolicies } from './seed/password-policy.ts';
import { type SeedUser, users } from './seed/users.ts';

/** All that a sandbox starts with. A person reads and edits it: no value in it is computed. */
export interface Seed {
  readonly environment: {
    readonly id: string;
    readonly organizationId: string;
    readonly name: string;
    /** PingOne's upper-case code, e.g. `EU`. */
    readonly region: string;
    readonly populationId: string;
  };
  readonly applications: readonly Application[];
  readonly users: readonly SeedUser[];
  readonly passwordPolicies: readonly PasswordPolicy[];
  readonly customResources: readonly CustomResource[];
}

/** An API of the customer's own; its scopes cannot be mixed with those of the PingOne API (docs/pingone.md, section 3). */
export interface CustomResource {
  readonly id: string;
  readonly name: string;
  /** What its access tokens carry as `aud`. */
  readonly audience: string;
  readonly scopes: readonly string[];
  /** Seconds. Only custom resources can change it (docs/pingone.md, section 4.4). */
  readonly accessTokenValiditySeconds: number;
  /** With its ID, what the API itself authenticates by at introspection; absent: it does not ask there. */
  readonly secret?: string;
}

export const defaultSeed: Seed = {
  environment: {
    id: 'e0000000-0000-4000-8000-000000000001',
    organizationId: '00000000-0000-4000-8000-000000000001',
    name: 'Sandbox',
    region: 'NA',
    populationId: 'b0000000-0000-4000-8000-000000000001',
  },
  applications,
  users,
  passwordPolicies,
  customResources: [
    {
      id: ordersResourceId,
      name: 'Orders',
      audience: 'https://orders.example.com',
      scopes: ['orders:read', 'orders:write'],
      accessTokenValiditySeconds: 3600,
    },
  ],
};
