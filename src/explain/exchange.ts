import type { HttpExchange, ProtocolEvent } from '../auth/observer.ts';
import { safeText } from '../output/safe-text.ts';
import { answerNotes, metadataNotes } from './answer-notes.ts';
import { claimNotes } from './claim-notes.ts';
import { type Endpoint, type ExchangeNote, exchangeNotes } from './exchange-notes.ts';
import type { Step } from './note.ts';
import { parameterNotes } from './parameter-notes.ts';
import { redacted, rows, shown, type Told } from './rows.ts';

type Members = Readonly<Record<string, unknown>>;

/** Tells requests to the authorization server. It learns the endpoints' addresses as the sign-in does: by discovery. */
export function exchangeTeller(told: Told): (event: Extract<ProtocolEvent, { readonly kind: 'exchange' }>) => Step[] {
  const endpoints = new Map<string, Endpoint>();
  const before = new Set<string>();
  return ({ exchange }) => {
    const endpoint = endpointOf(exchange.url, endpoints);
    const members = membersOf(exchange.answer);
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
    if (again) return [{ title: `${title}, again`, what: 'As before.', lines: [answerLine(exchange, members)] }];
    return [
      {
        ...{ title, what, standard, ...place },
        lines: [
          `   ${safeText(`${exchange.method} ${bare(exchange.url)}`)}`,
          ...credentialLines(exchange.headers),
          ...rows(new URLSearchParams(exchange.form), parameterNotes, told),
          answerLine(exchange, members),
          ...answerRows(rest.answer, members, told),
        ],
      },
    ];
  };
}

function endpointOf(url: string, endpoints: ReadonlyMap<string, Endpoint>): Endpoint {
  if (bare(url).endsWith('/.well-known/openid-configuration')) return 'discovery';
  return endpoints.get(bare(url)) ?? 'other';
}

/** Without the query, which may hold what is nobody's business. */
function bare(address: string): string {
  if (!URL.canParse(address)) return address;
  const { origin, pathname } = new URL(address);
  return origin + pathname;
}

function membersOf(answer: string): Members | undefined {
  try {
    const json: unknown = JSON.parse(answer);
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? { ...json } : undefined;
  } catch {
    return undefined;
  }
}

/** How the application, or whoever holds the token, shows who it is (RFC 6749, section 2.3.1; RFC 6750, section 2.1). */
function credentialLines(headers: Headers): readonly string[] {
  const [scheme = '', value = ''] = headers.get('authorization')?.split(' ') ?? [];
  if (scheme === '') return [];
  const what = scheme.toLowerCase() === 'basic' ? 'client ID and secret, form-encoded, in base64' : 'the access token';
  return [`   Authorization: ${safeText(scheme)} ${redacted(value)} (${what})`];
}

function answerLine({ status, location }: HttpExchange, members: Members | undefined): string {
  const error = typeof members?.['error'] === 'string' ? ` ${shown(members['error'])}` : '';
  return `   → ${status}${error}${location === undefined ? '' : `, a redirect to ${safeText(bare(location))}`}`;
}

function answerRows(kind: ExchangeNote['answer'], members: Members | undefined, told: Told): readonly string[] {
  if (!kind) return [];
  if (!members) return ['   an answer that is not JSON'];
  const entries = Object.entries(members);
  if (kind === 'claims') return rows(entries, claimNotes, told, 'shown');
  if (kind === 'members') return rows(entries, answerNotes, told);
  const known = entries.filter(([name]) => Object.hasOwn(metadataNotes, name));
  return [...rows(known, metadataNotes, told), `   and ${entries.length - known.length} more`];
}
