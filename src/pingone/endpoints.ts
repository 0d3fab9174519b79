/** PingOne's geographies by top-level domain, and the upper-case region codes of its API (docs/pingone.md, section 1). */
export const regions = { com: 'NA', ca: 'CA', eu: 'EU', 'com.au': 'AU', sg: 'SG', asia: 'AP' } as const;

export type Region = keyof typeof regions;

export function isRegion(text: string): text is Region {
  return Object.hasOwn(regions, text);
}

interface EndpointSettings {
  readonly region: Region;
  readonly environmentId: string;
  readonly customDomain?: string | undefined;
  /** Authorization server base, e.g. `https://auth.pingone.eu`; without the environment and without `/v1`. */
  readonly authUrl?: string | undefined;
  /** API base, ends in `/v1`. */
  readonly apiUrl?: string | undefined;
}

/** The authorization server's issuer. A custom domain drops the environment ID from the path (docs/pingone.md, section 1). */
export function issuerOf({ region, environmentId, customDomain, authUrl }: EndpointSettings): string {
  if (authUrl) return `${trimSlashes(authUrl)}/${environmentId}/as`;
  if (customDomain) return `https://${customDomain}/as`;
  return `https://auth.pingone.${region}/${environmentId}/as`;
}

/** The flags with which `issuerOf` makes this issuer, and which must be left out then; `undefined` where none do. */
export function flagsForIssuer(issuer: string): string | undefined {
  const [, host = '', environmentId] = /^https:\/\/([\w.-]+(?::\d+)?)(?:\/([0-9a-f-]{36}))?\/as$/.exec(issuer) ?? [];
  if (host === '') return undefined;
  if (!environmentId) return `--custom-domain ${host}, without --auth-url`;
  const region = /^auth\.pingone\.(.+)$/.exec(host)?.[1] ?? '';
  return isRegion(region)
    ? `--region ${region} --environment-id ${environmentId}, without --auth-url and --custom-domain`
    : `--auth-url https://${host} --environment-id ${environmentId}`;
}

/** Base of the management API, e.g. `https://api.pingone.com/v1`. */
export function apiBaseOf({ region, apiUrl }: Pick<EndpointSettings, 'region' | 'apiUrl'>): string {
  return apiUrl ? trimSlashes(apiUrl) : `https://api.pingone.${region}/v1`;
}

/** Base of the API's resources of this environment, e.g. `https://api.pingone.com/v1/environments/{id}`. */
export function environmentApiOf(endpoints: EndpointSettings): string {
  return `${apiBaseOf(endpoints)}/environments/${endpoints.environmentId}`;
}

function trimSlashes(url: string): string {
  return url.replace(/(?<!\/)\/+$/, '');
}
