import { clientOf, placeOf, required, type Settings } from '../config/settings.ts';
import { Failure } from '../errors.ts';
import type { Fetch } from '../http/connection.ts';
import { isJsonObject } from '../json.ts';
import type { AuthorizationServerClient } from '../oidc/client.ts';
import { consolePlaces } from '../pingone/console-places.ts';
import { isRegion, issuerOf, type Region, regions } from '../pingone/endpoints.ts';
import { pingOneErrorIn } from '../pingone/errors.ts';
import { ping14c, type Wording, wording } from '../wording.ts';
import { type ConfiguredContext, connection } from './context.ts';

/**
 * Discovers the authorization server as a public client would: the secret is not needed for that, and not sent.
 *
 * @throws Failure that names the region which has the environment, where the region asked has not; for the commands that
 *   check settings only, because no other may ask a server that nobody has named.
 */
export async function checkEnvironment(context: ConfiguredContext): Promise<AuthorizationServerClient> {
  const { settings, runtime } = context;
  const { issuer, clientId } = clientOf(settings, 'user');
  const [{ discover }, fetch] = await Promise.all([import('../oidc/client.ts'), connection(context)]);
  try {
    return await discover({ issuer, clientId, authMethod: 'none' }, fetch, runtime);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== notFound || namesHost(settings)) throw error;
    const environmentId = required(settings, 'environmentId');
    throw moreExactly(error, settings, await searchRegions(environmentId, otherRegions(settings), fetch));
  }
}

/** PingOne's code for what it does not have (docs/pingone.md, section 8). */
const notFound = 'NOT_FOUND';

/** With an address of its own the environment has no region to be looked for in. */
function namesHost({ values }: Settings): boolean {
  return (values.authUrl ?? values.customDomain) !== undefined;
}

/** The region asked first has given its answer, and is not asked again. */
function otherRegions({ values }: Settings): readonly Region[] {
  return Object.keys(regions)
    .filter(isRegion)
    .filter((region) => region !== values.region);
}

interface Search {
  /** The region that has the environment; an organisation lives in one only (docs/pingone.md, section 1). */
  readonly found: Region | undefined;
  /** Those that have said neither yes nor no. */
  readonly silent: readonly Region[];
}

/** Asks all at once, each as long as a request may take; the first that has it ends the search. */
async function searchRegions(environmentId: string, candidates: readonly Region[], fetch: Fetch): Promise<Search> {
  const ending = new AbortController();
  const answers = await Promise.all(
    candidates.map(async (region) => {
      const has = await hasEnvironment(issuerOf({ region, environmentId }), fetch, ending.signal);
      if (has) ending.abort(searchEnded);
      return { region, has };
    }),
  );
  return {
    found: answers.find(({ has }) => has)?.region,
    silent: answers.filter(({ has }) => has === undefined).map(({ region }) => region),
  };
}

const searchEnded = new Failure('failed', 'Another region has the environment.', { code: 'search_ended' });

/** Believes a document of this very issuer, and PingOne's own no; `undefined` for anything else. */
async function hasEnvironment(issuer: string, fetch: Fetch, signal: AbortSignal): Promise<boolean | undefined> {
  try {
    const headers = { accept: 'application/json' };
    const answer = await fetch(`${issuer}/.well-known/openid-configuration`, { headers, signal });
    const body: unknown = await answer.json().catch(() => undefined);
    if (answer.status === 200) return isJsonObject(body) && body['issuer'] === issuer ? true : undefined;
    return pingOneErrorIn(body)?.code === notFound ? false : undefined;
  } catch (error) {
    // An interruption is no Failure, and ends the search and the command.
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

function moreExactly(first: Failure, settings: Settings, { found, silent }: Search): Failure {
  const { kind, code, details, correlationId } = first;
  const environment = `environment ${required(settings, 'environmentId')}`;
  const failure = (message: string, hint: Wording) =>
    new Failure(kind, message, { code, details, correlationId, hint, cause: first });
  if (found) {
    return failure(
      `The ${environment} is in the region ${found}, not in ${settings.values.region}.`,
      remedyForRegion(found, settings),
    );
  }
  const idPlace = `console: your environment → ${consolePlaces.environment}`;
  if (silent.length > 0) {
    return failure(
      `PingOne knows no ${environment} in the region ${settings.values.region}; no answer of use from ${silent.join(', ')}.`,
      `Check the environment ID (${idPlace}) and --region.`,
    );
  }
  return failure(
    `PingOne knows no ${environment} in any of its regions (${Object.keys(regions).join(', ')}).`,
    `Check the environment ID (${idPlace}), or give --custom-domain or --auth-url.`,
  );
}

function remedyForRegion(region: Region, { origins }: Settings): Wording {
  const { region: origin } = origins;
  // A variable counts more than what is saved.
  if (origin.kind === 'environment') return `Give --region ${region}, or correct ${placeOf(origin)}.`;
  return wording`Give --region ${region}, or change a saved profile with ${ping14c(`config set region ${region}`)}.`;
}
