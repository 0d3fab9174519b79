import { clientOf, placeOf, required, type Settings } from '../config/settings.ts';
import { Failure } from '../errors.ts';
import type { Fetch } from '../http/connection.ts';
import { isJsonObject } from '../json.ts';
import type { AuthorizationServerClient } from '../oidc/client.ts';
import { saysNotFound } from '../oidc/preflight-verdict.ts';
import { consolePlaces } from '../pingone/console-places.ts';
import { isRegion, issuerOf, type Region, regions } from '../pingone/endpoints.ts';
import { ping14c, type Wording, wording } from '../wording.ts';
import { type ConfiguredContext, connection } from './context.ts';

/** Where the environment is: where it was looked for, or in another region. */
export type EnvironmentCheck =
  | { readonly kind: 'found'; readonly server: AuthorizationServerClient }
  | { readonly kind: 'elsewhere'; readonly region: Region; readonly failure: Failure };

/**
 * Discovers the authorization server as a public client would: the secret is not needed for that, and not sent. Where the
 * region asked says that it has no such environment, the others are asked: for the commands that check settings only,
 * because no other may ask a server that nobody has named.
 *
 * @throws Failure for an environment that is nowhere, or of which nothing is known
 */
export async function checkEnvironment(context: ConfiguredContext): Promise<EnvironmentCheck> {
  const { settings, runtime } = context;
  const { issuer, clientId } = clientOf(settings, 'user');
  const [{ discover }, fetch] = await Promise.all([import('../oidc/client.ts'), connection(context)]);
  let denial: Denial | undefined;
  const watched: Fetch = async (url, init) => {
    const answer = await fetch(url, init);
    denial ??= await denialIn(answer);
    return answer;
  };
  try {
    return { kind: 'found', server: await discover({ issuer, clientId, authMethod: 'none' }, watched, runtime) };
  } catch (error) {
    if (!(error instanceof Failure) || denial === undefined || namesHost(settings)) throw error;
    const environmentId = required(settings, 'environmentId');
    const { found, silent } = await searchRegions(environmentId, otherRegions(settings), fetch);
    if (found) return { kind: 'elsewhere', region: found, failure: inOtherRegion(error, settings, found) };
    throw denial === 'words' ? inNoRegion(error, settings, silent) : error;
  }
}

/**
 * How an answer denies the environment. What discovery answers for one that the region has not is not on record
 * (docs/pingone.md, section 2): so the status alone is enough to look elsewhere, but only PingOne's words, whatever
 * they stand in, are enough to say that PingOne knows none.
 */
type Denial = 'words' | 'status';

async function denialIn(answer: Response): Promise<Denial | undefined> {
  const { status } = answer;
  if (status < 400 || status >= 500) return undefined;
  const body = await answer
    .clone()
    .text()
    .catch(() => '');
  if (saysNotFound(body)) return 'words';
  return status === 404 || status === 410 ? 'status' : undefined;
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

/** Believes a document of this very issuer, and PingOne's own words for no; `undefined` for anything else. */
async function hasEnvironment(issuer: string, fetch: Fetch, signal: AbortSignal): Promise<boolean | undefined> {
  try {
    const headers = { accept: 'application/json' };
    const answer = await fetch(`${issuer}/.well-known/openid-configuration`, { headers, signal });
    if (answer.status !== 200) return (await denialIn(answer)) === 'words' ? false : undefined;
    const body: unknown = await answer.json().catch(() => undefined);
    return isJsonObject(body) && body['issuer'] === issuer ? true : undefined;
  } catch (error) {
    // An interruption is no Failure, and ends the search and the command.
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

function inOtherRegion(first: Failure, settings: Settings, region: Region): Failure {
  const environmentId = required(settings, 'environmentId');
  return denied(
    first,
    `The environment ${environmentId} is in the region ${region}, not in ${settings.values.region}.`,
    remedyForRegion(region, settings),
  );
}

function inNoRegion(first: Failure, settings: Settings, silent: readonly Region[]): Failure {
  const environment = `environment ${required(settings, 'environmentId')}`;
  const idPlace = `console: your environment → ${consolePlaces.environment}`;
  if (silent.length > 0) {
    return denied(
      first,
      `PingOne has no ${environment} in the region ${settings.values.region}; no usable answer from ${silent.join(', ')}.`,
      `Check the environment ID (${idPlace}) and --region.`,
    );
  }
  return denied(
    first,
    `PingOne has no ${environment} in any of its regions (${Object.keys(regions).join(', ')}).`,
    `Check the environment ID (${idPlace}), or pass --custom-domain or --auth-url.`,
  );
}

/** The same failure whatever words it was first told in: a script tells it by its code. */
function denied(first: Failure, message: string, hint: Wording): Failure {
  const { correlationId } = first;
  return new Failure('refused', message, { code: notFound, correlationId, hint, cause: first });
}

function remedyForRegion(region: Region, { origins }: Settings): Wording {
  const { region: origin } = origins;
  // A variable counts more than what is saved.
  if (origin.kind === 'environment') return `Pass --region ${region}, or fix ${placeOf(origin)}.`;
  return wording`Pass --region ${region}, or change a saved profile with ${ping14c(`config set region ${region}`)}.`;
}
