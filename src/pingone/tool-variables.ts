import { type Region, regions } from './endpoints.ts';

/** Tools of Ping's that take an access token from their environment; pingcli takes none. */
export const tools = ['terraform', 'pingone-go-client'] as const;

export type Tool = (typeof tools)[number];

interface ToolTarget {
  readonly accessToken: string;
  readonly environmentId: string;
  readonly issuer: string;
  /** Ends in `/v1`. */
  readonly apiBase: string;
}

/** Variables for a program: what it is to find, and `undefined` for what it must not find. */
export type ProgramVariables = Readonly<Record<string, string | undefined>>;

/**
 * Another client, another grant and other servers that the person may have exported: the Go client prefers the
 * client credentials grant to a token, and Terraform's provider takes a token or a client, not both.
 */
const overriding = [
  'PINGONE_CLIENT_ID',
  'PINGONE_CLIENT_SECRET',
  'PINGONE_AUTH_GRANT_TYPE',
  'PINGONE_CLIENT_CREDENTIALS_CLIENT_ID',
  'PINGONE_CLIENT_CREDENTIALS_CLIENT_SECRET',
  'PINGONE_API_ACCESS_TOKEN_EXPIRY',
  'PINGONE_REGION',
  'PINGONE_REGION_CODE',
  'PINGONE_TOP_LEVEL_DOMAIN',
  'PINGONE_ROOT_DOMAIN',
  'PINGONE_CUSTOM_DOMAIN',
  'PINGONE_API_DOMAIN',
  'PINGONE_AUTH_SERVICE_HOSTNAME',
  'PINGONE_API_SERVICE_HOSTNAME',
] as const;

/** The variables with which a tool works with this token, at these servers and no others (docs/pingone.md, section 1). */
export function toolVariables(tool: Tool, target: ToolTarget): ProgramVariables {
  return {
    ...Object.fromEntries(overriding.map((name) => [name, undefined])),
    PINGONE_API_ACCESS_TOKEN: target.accessToken,
    PINGONE_ENVIRONMENT_ID: target.environmentId,
    ...(tool === 'terraform' ? terraformServers(target) : goClientServers(target)),
  };
}

function terraformServers({ issuer, apiBase }: ToolTarget): ProgramVariables {
  const region = regionOf(apiBase);
  if (region) return { PINGONE_REGION_CODE: regions[region] };
  return {
    PINGONE_AUTH_SERVICE_HOSTNAME: new URL(issuer).host,
    PINGONE_API_SERVICE_HOSTNAME: new URL(apiBase).host,
  };
}

function goClientServers({ apiBase }: ToolTarget): ProgramVariables {
  const region = regionOf(apiBase);
  return region ? { PINGONE_TOP_LEVEL_DOMAIN: region } : { PINGONE_API_DOMAIN: new URL(apiBase).host };
}

/** The region whose own API this is; the setting would not do, because an API base of one's own goes before it. */
function regionOf(apiBase: string): Region | undefined {
  return (Object.keys(regions) as Region[]).find((region) => apiBase === `https://api.pingone.${region}/v1`);
}
