import { type Region, regions } from './endpoints.ts';

/** Tools of Ping's that take an access token from their environment. */
const tokenTakers = ['terraform', 'pingone-go-client'] as const;

type TokenTaker = (typeof tokenTakers)[number];

/** Those that are known by name: pingcli takes no token from anywhere, which is told rather than tried. */
export const tools = [...tokenTakers, 'pingcli'] as const;

export type Tool = (typeof tools)[number];

export function takesToken(tool: Tool): tool is TokenTaker {
  return tool !== 'pingcli';
}

interface ToolTarget {
  readonly accessToken: string;
  /** Epoch milliseconds; absent where the server did not say. */
  readonly expiresAt?: number | undefined;
  readonly environmentId: string;
  readonly region: Region;
  readonly issuer: string;
  /** Ends in `/v1`. */
  readonly apiBase: string;
}

/** Variables for a program: what it is to find, and `undefined` for what it must not find. */
export type ProgramVariables = Readonly<Record<string, string | undefined>>;

/** What the Go client reads, by the part of its configuration (`Configuration` in its config/pingone.go). */
const goClientParts = {
  AUTH: ['PINGONE_API_ACCESS_TOKEN', 'PINGONE_API_ACCESS_TOKEN_EXPIRY', 'PINGONE_AUTH_GRANT_TYPE'],
  ENDPOINT: [
    'PINGONE_ENVIRONMENT_ID',
    'PINGONE_TOP_LEVEL_DOMAIN',
    'PINGONE_ROOT_DOMAIN',
    'PINGONE_CUSTOM_DOMAIN',
    'PINGONE_API_DOMAIN',
  ],
};

/**
 * Another token, client, grant and server that the person may have exported. One list for both, because the provider
 * has the Go client inside, which reads its variables over what the provider was configured with.
 *
 * The client's reader (envconfig's `Process`) looks for a name behind the path of its field first; `SCHEME` is a field
 * too (`Configuration` in pingone/configuration.go), and with `http` the token would go out in the clear. Storage does
 * not count beside a token (`TokenSource` in config/pingone.go). All tried with the client, version 0.12.0.
 */
const overriding = [
  ...Object.entries(goClientParts).flatMap(([part, names]) => [
    ...names,
    ...names.map((name) => `SERVICE_${part}_${name}`),
  ]),
  'SCHEME',
  'PINGONE_CLIENT_ID',
  'PINGONE_CLIENT_SECRET',
  'PINGONE_CLIENT_CREDENTIALS_CLIENT_ID',
  'PINGONE_CLIENT_CREDENTIALS_CLIENT_SECRET',
  'PINGONE_REGION',
  'PINGONE_REGION_CODE',
  'PINGONE_AUTH_SERVICE_HOSTNAME',
  'PINGONE_API_SERVICE_HOSTNAME',
];

/** The variables with which a tool works with this token, at these servers and no others (docs/pingone.md, section 1). */
export function toolVariables(tool: TokenTaker, target: ToolTarget): ProgramVariables {
  return {
    ...Object.fromEntries(overriding.map((name) => [name, undefined])),
    PINGONE_API_ACCESS_TOKEN: target.accessToken,
    ...(tool === 'terraform' ? forTerraform(target) : forGoClient(target)),
  };
}

/**
 * The environment ID belongs to a client, and the provider refuses it beside a token; it wants the region in any case
 * (`Validate` and `validateRegion` in pingone/config.go of patrickcping/pingone-go-sdk-v2, which it is built on).
 */
function forTerraform({ region, issuer, apiBase }: ToolTarget): ProgramVariables {
  const apiRegion = regionOf(apiBase);
  if (apiRegion) return { PINGONE_REGION_CODE: regions[apiRegion] };
  return {
    PINGONE_REGION_CODE: regions[region],
    PINGONE_AUTH_SERVICE_HOSTNAME: new URL(issuer).host,
    PINGONE_API_SERVICE_HOSTNAME: new URL(apiBase).host,
  };
}

function forGoClient({ expiresAt, environmentId, issuer, apiBase }: ToolTarget): ProgramVariables {
  const apiRegion = regionOf(apiBase);
  const auth = new URL(issuer);
  return {
    PINGONE_API_ACCESS_TOKEN_EXPIRY: expiresAt === undefined ? undefined : String(Math.floor(expiresAt / 1000)),
    PINGONE_ENVIRONMENT_ID: environmentId,
    PINGONE_TOP_LEVEL_DOMAIN: apiRegion,
    PINGONE_API_DOMAIN: apiRegion ? undefined : new URL(apiBase).host,
    // A custom domain drops the environment from the path, in the client's addresses too (`AuthEndpoints`).
    PINGONE_CUSTOM_DOMAIN: auth.pathname === '/as' ? auth.host : undefined,
  };
}

/** The region whose own API this is; the setting would not do, because an API base of one's own goes before it. */
function regionOf(apiBase: string): Region | undefined {
  return (Object.keys(regions) as Region[]).find((region) => apiBase === `https://api.pingone.${region}/v1`);
}
