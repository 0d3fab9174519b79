import { createHash } from 'node:crypto';
import { decodeProtectedHeader } from 'jose';
import { type JsonObject, parsedObject } from '../json.ts';
import type { AuthorizationRequest, HttpExchange, Observe, ProtocolEvent } from '../oidc/protocol-events.ts';
import type { Output } from '../output/output.ts';
import { safeText } from '../output/safe-text.ts';
import { idTokenChecks } from './id-token-checks.ts';
import {
  answerNotes,
  claimNotes,
  type Endpoint,
  type ExchangeNote,
  exchangeNotes,
  metadataNotes,
  parameterNotes,
} from './notes.ts';
import {
  redactedValue,
  rows,
  type StoryStep,
  shown,
  stepLines,
  type Telling,
  type ToldNotes,
  toldBriefly,
} from './story.ts';

type Tellers = {
  readonly [Kind in ProtocolEvent['kind']]: (
    event: Extract<ProtocolEvent, { readonly kind: Kind }>,
  ) => readonly StoryStep[];
};

/**
 * Tells the protocol step by step as it happens, on standard error: real values, secrets redacted, each with the setting
 * in the console that governs it and the section of the standard.
 */
export function narrator(output: Pick<Output, 'note' | 'paintNote'>, telling: Telling): Observe {
  const toldNotes: ToldNotes = new Set();
  const tellers: Tellers = {
    exchange: exchangeTeller(toldNotes),
    listening: ({ redirectUri, fingerprint256 }) => [listeningStep(redirectUri, fingerprint256)],
    authorizationRequest: ({ request }) => [...pkceSteps(request), authorizationStep(request.url, toldNotes)],
    callback: ({ callback }) => [callbackStep(callback, toldNotes)],
    idTokenVerified: (event) => [verifiedStep(event, toldNotes)],
    stored: ({ place }) => [storedStep(place)],
  };
  let count = 0;
  if (telling === 'briefly') output.note(toldBriefly);
  return (event) => {
    const tell = tellers[event.kind] as (event: ProtocolEvent) => readonly StoryStep[];
    for (const step of tell(event)) {
      count += 1;
      output.note(output.paintNote.bold(`${count}. ${step.title}`));
      for (const line of stepLines(step, telling)) output.note(line);
    }
  };
}

export function listeningStep(redirectUri: string, fingerprint256: string | undefined): StoryStep {
  return {
    title: 'A listener for the answer',
    what: 'This program opens a port on the loopback interface, which nobody else can reach, and takes one callback.',
    standard: 'RFC 8252, section 7.3',
    place: 'redirectUris',
    lines: [
      `   redirect URI = ${safeText(redirectUri)}`,
      ...(fingerprint256 ? [`   certificate  = ${fingerprint256} (SHA-256)`] : []),
    ],
    brief: [`   redirect URI = ${safeText(redirectUri)}`],
  };
}

/** The arithmetic of PKCE: all of it but the verifier itself. The implicit grant has none. */
export function pkceSteps({
  codeVerifier,
  url,
  pushed,
}: Pick<AuthorizationRequest, 'codeVerifier' | 'url' | 'pushed'>) {
  const sent = new URL(url).searchParams.get('code_challenge');
  if (!sent && !pushed) return [];
  const digest = createHash('sha256').update(codeVerifier, 'ascii').digest();
  const step: StoryStep = {
    title: 'Proof key for code exchange (PKCE)',
    what: 'Whoever steals the code cannot redeem it: that takes the verifier, of which only the hash leaves this process for now.',
    standard: 'RFC 7636, sections 4.1 and 4.2',
    place: 'pkce',
    lines: [
      `   code_verifier  = [redacted, ${codeVerifier.length} characters: 32 random bytes in base64url]`,
      `   SHA-256        = ${digest.toString('hex')} (of the verifier's ASCII characters)`,
      `   code_challenge = ${digest.toString('base64url')} (these 32 bytes in base64url, without padding)`,
    ],
    brief: [`   code_challenge = ${digest.toString('base64url')}`],
  };
  return [step];
}

export function authorizationStep(url: string, toldNotes: ToldNotes): StoryStep {
  const { origin, pathname, searchParams } = new URL(url);
  return {
    title: 'The authorization request',
    what: 'Not sent from here: the browser carries it to the server, where the person signs on.',
    standard: 'RFC 6749, section 4.1.1; OpenID Connect Core, section 3.1.2.1',
    place: 'application',
    lines: [`   GET ${safeText(origin + pathname)}`, ...rows(searchParams, parameterNotes, toldNotes, 'shown')],
    brief: [`   GET ${safeText(pathname)} with ${namesIn(searchParams)}`],
  };
}

/** Answers are in the query, or of the implicit grant in the fragment, where the listener puts posted ones too. */
function callbackStep({ origin, pathname, search, hash }: URL, toldNotes: ToldNotes): StoryStep {
  const answer = new URLSearchParams(hash === '' ? search : hash.slice(1));
  return {
    title: 'The callback',
    what: 'The server has sent the browser back to the listener. Only an answer with our state counts, and only once.',
    standard: 'RFC 6749, section 4.1.2; RFC 9700, section 4.7',
    lines: [`   to ${safeText(origin + pathname)}`, ...rows(answer, answerNotes, toldNotes)],
    brief: [`   to ${safeText(origin + pathname)} with ${namesIn(answer)}`],
  };
}

function verifiedStep(
  event: Extract<ProtocolEvent, { readonly kind: 'idTokenVerified' }>,
  toldNotes: ToldNotes,
): StoryStep {
  const header = decodeProtectedHeader(event.idToken);
  const passed = idTokenChecks.flatMap(({ claim, standard, found }) => {
    const result = found(event, header);
    return result === undefined ? [] : [{ claim, line: `   ✓ ${claim}: ${safeText(result)}. ${standard}.` }];
  });
  const others = Object.entries(event.claims).filter(([name]) => !passed.some(({ claim }) => claim === name));
  return {
    title: 'The ID token, verified',
    what: 'A JWT: header, claims and signature. Every check below has passed; one that fails ends the sign-in.',
    standard: 'OpenID Connect Core, section 3.1.3.7',
    place: 'attributes',
    lines: [...passed.map(({ line }) => line), '   The other claims:', ...rows(others, claimNotes, toldNotes, 'shown')],
    brief: [`   ✓ ${passed.map(({ claim }) => claim).join(', ')}`],
  };
}

function storedStep(place: string): StoryStep {
  return {
    title: 'The session is kept',
    what: 'Tokens, and who they are for. "ping14c token" renews them from there; the browser hears of success only now.',
    lines: [`   in ${safeText(place)}`],
  };
}

/** Tells requests to the authorization server. It learns the endpoints' addresses as the sign-in does: by discovery. */
export function exchangeTeller(
  toldNotes: ToldNotes,
): (event: Extract<ProtocolEvent, { readonly kind: 'exchange' }>) => StoryStep[] {
  const endpoints = new Map<string, Endpoint>();
  const before = new Set<string>();
  return ({ exchange }) => {
    const endpoint = endpointOf(exchange.url, endpoints);
    const members = parsedObject(exchange.answer);
    if (endpoint === 'discovery') {
      for (const [name, address] of Object.entries(members ?? {})) {
        if (Object.hasOwn(exchangeNotes, name) && typeof address === 'string')
          endpoints.set(bare(address), name as Endpoint);
      }
    }
    const key = `${exchange.method} ${exchange.url} ${exchange.form}`;
    const again = before.has(key);
    before.add(key);
    const { title, what, standard, ...rest }: ExchangeNote = exchangeNotes[endpoint];
    const place = 'place' in rest && rest.place ? { place: rest.place } : {};
    const answered = answerLine(exchange, members);
    if (again) return [{ title: `${title}, again`, what: 'As before.', lines: [answered] }];
    const given = rest.answer === 'members' ? knownNames(members ?? {}) : '';
    return [
      {
        ...{ title, what, standard, ...place },
        brief: [
          `   ${safeText(`${exchange.method} ${pathOf(exchange.url)}`)} ${answered.trim()}${given && ` with ${given}`}`,
        ],
        lines: [
          `   ${safeText(`${exchange.method} ${bare(exchange.url)}`)}`,
          ...credentialLines(exchange.headers),
          ...rows(new URLSearchParams(exchange.form), parameterNotes, toldNotes),
          answered,
          ...answerRows(rest.answer, members, toldNotes),
        ],
      },
    ];
  };
}

function endpointOf(url: string, endpoints: ReadonlyMap<string, Endpoint>): Endpoint {
  if (bare(url).endsWith('/.well-known/openid-configuration')) return 'discovery';
  return endpoints.get(bare(url)) ?? 'other';
}

/** The address without its query, which may hold what is nobody's business. */
function bare(address: string): string {
  if (!URL.canParse(address)) return address;
  const { origin, pathname } = new URL(address);
  return origin + pathname;
}

function pathOf(address: string): string {
  return URL.canParse(address) ? new URL(address).pathname : address;
}

function namesIn(parameters: URLSearchParams): string {
  return safeText([...new Set(parameters.keys())].join(', '));
}

/** Of an answer's members, those that there are words for. */
function knownNames(members: JsonObject): string {
  return Object.keys(members)
    .filter((name) => Object.hasOwn(answerNotes, name))
    .join(', ');
}

/** How the application, or whoever holds the token, shows who it is (RFC 6749, section 2.3.1; RFC 6750, section 2.1). */
function credentialLines(headers: Headers): readonly string[] {
  const [scheme = '', value = ''] = headers.get('authorization')?.split(' ') ?? [];
  if (scheme === '') return [];
  const what = scheme.toLowerCase() === 'basic' ? 'client ID and secret, form-encoded, in base64' : 'the access token';
  return [`   Authorization: ${safeText(scheme)} ${redactedValue(value)} (${what})`];
}

function answerLine({ status, location }: HttpExchange, members: JsonObject | undefined): string {
  const error = typeof members?.['error'] === 'string' ? ` ${shown(members['error'])}` : '';
  return `   → ${status}${error}${location === undefined ? '' : `, a redirect to ${safeText(bare(location))}`}`;
}

function answerRows(
  kind: ExchangeNote['answer'],
  members: JsonObject | undefined,
  toldNotes: ToldNotes,
): readonly string[] {
  if (!kind) return [];
  if (!members) return ['   an answer that is not JSON'];
  const entries = Object.entries(members);
  if (kind === 'claims') return rows(entries, claimNotes, toldNotes, 'shown');
  if (kind === 'members') return rows(entries, answerNotes, toldNotes);
  const known = entries.filter(([name]) => Object.hasOwn(metadataNotes, name));
  return [...rows(known, metadataNotes, toldNotes), `   and ${entries.length - known.length} more`];
}
