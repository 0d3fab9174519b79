import { isLoopbackHost, isSecureOrLoopback } from '../loopback-host.ts';
import { type ImplicitResponseType, implicitResponseTypes } from '../oidc/client-settings.ts';
import { isRegion, type Region, regions } from '../pingone/endpoints.ts';

/** The value that a text stands for. */
export type Parsed<T> = { readonly value: T } | Unfit;

/** What is wrong with a text, in words that follow the setting's name; and the words that would do, where these are few. */
export interface Unfit {
  readonly problem: string;
  readonly known?: readonly string[];
}

/**
 * The text without what copying adds to it and no value has: blanks and line ends around it, a pair of quotes. Settings files
 * and shells of Windows leave such behind.
 */
export function plainText(text: string): Parsed<string> {
  const trimmed = text.trim();
  const value = isQuoted(trimmed) ? trimmed.slice(1, -1).trim() : trimmed;
  return controls.test(value) ? hasControls : { value };
}

/**
 * The text without the line end behind it, which no secret has (RFC 6749, appendix A.2). A blank or a quote may be part of
 * one, so nobody but the person can tell whether it is.
 */
export function secretText(text: string): Parsed<string> {
  // Without the look behind, each line end of a long run would be tried as the first.
  const value = text.replace(/(?<![\r\n])[\r\n]+$/, '');
  if (controls.test(value)) return hasControls;
  if (value !== value.trim()) return { problem: 'starts or ends with a space' };
  if (isQuoted(value)) return { problem: 'is in quotes' };
  return { value };
}

function isQuoted(text: string): boolean {
  return /^(?:".*"|'.*'|“.*”|‘.*’)$/s.test(text);
}

const controls = /[\u0000-\u001f\u007f-\u009f]/;
const hasControls = { problem: 'contains a line break or another control character' };

/** Takes an ID in the form that PingOne prints, and nothing else, because the ID becomes part of every URL. */
export function uuid(text: string): Parsed<string> {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
    ? { value: text.toLowerCase() }
    : { problem: 'is not a UUID such as 01234567-89ab-cdef-0123-456789abcdef' };
}

/** Takes `eu`, and what Ping's tools take: `.eu`, `pingone.eu`, the code `EU` or the name `Europe` (docs/pingone.md, section 1). */
export function region(text: string): Parsed<Region> {
  const word = text.toLowerCase();
  const domain = word.replace(/^(?:pingone)?\./, '');
  if (isRegion(domain)) return { value: domain };
  const name = word.replace(/[\s_-]/g, '');
  const named = regionNames.find(([, ...names]) => names.includes(name));
  if (named) return { value: named[0] };
  const [domains, codes] = [Object.keys(regions).join(', '), Object.values(regions).join(', ')];
  return { problem: `is not one of ${domains}, nor one of Ping's codes (${codes})`, known: regionNames.flat() };
}

const regionNames: readonly (readonly [Region, ...string[]])[] = [
  ['com', 'na', 'northamerica'],
  ['ca', 'ca', 'canada'],
  ['eu', 'eu', 'europe'],
  ['com.au', 'au', 'australia'],
  ['sg', 'sg', 'singapore'],
  ['asia', 'ap', 'asiapacific'],
];

/** Takes a port too: PingOne's domains have none, but a server that stands in for PingOne on a developer's machine does. */
export function hostName(text: string): Parsed<string> {
  const url = `https://${text}`;
  return /^(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::\d{1,5})?$/i.test(text) && URL.canParse(url)
    ? { value: new URL(url).host }
    : { problem: 'is not a host name such as auth.example.com' };
}

/** Takes a URL, or the bare host that PINGONE_AUTH_SERVICE_HOSTNAME holds. */
export function authorizationServerBase(text: string): Parsed<string> {
  if (/\/v1\/*$/.test(text)) return { problem: 'ends in /v1, which belongs to the API base only' };
  return serverUrl(isBareHost(text) ? `https://${text}` : text);
}

/** Takes a URL that ends in `/v1`, or without `https://` as in PINGONE_API_URL, or the bare host that PINGONE_API_DOMAIN holds. */
export function apiBase(text: string): Parsed<string> {
  const [host = ''] = text.split(/\/v1\/*$/);
  const url = isBareHost(host) ? `https://${host}/v1` : text;
  return /\/v1\/*$/.test(url) ? serverUrl(url) : { problem: 'does not end in /v1' };
}

/** Needs a dot, because a word alone is a mistake more often than a host. */
function isBareHost(text: string): boolean {
  return /^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?$/i.test(text);
}

/** Takes scopes that spaces or commas separate, in the characters of RFC 6749, section 3.3. */
export function scopes(text: string): Parsed<readonly string[]> {
  const names = text.split(/[\s,]+/).filter(Boolean);
  return names.every((name) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(name))
    ? { value: [...new Set(names)] }
    : { problem: 'contains a character that a scope cannot have' };
}

/** Takes the parts in whatever order the person names them. */
export function responseType(text: string): Parsed<ImplicitResponseType> {
  const parts = text.split(/[\s,]+/).filter(Boolean);
  return oneOf(implicitResponseTypes)(parts.sort().reverse().join(' '));
}

function serverUrl(text: string): Parsed<string> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.search || url.hash || url.username)
    return { problem: 'is not an address such as https://auth.pingone.eu' };
  if (isSecureOrLoopback(text)) {
    return { value: url.href.replace(/(?<!\/)\/+$/, '') };
  }
  return { problem: 'must start with https:// (http:// is for loopback addresses only)' };
}

/** Takes loopback addresses only, where the listener can stand: RFC 8252, section 7.3, and https as PingOne allows. */
export function redirectUri(text: string): Parsed<string> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['https:', 'http:'].includes(url.protocol) || !isLoopbackHost(url.hostname)) {
    return { problem: 'must be an http or https address of this machine, such as https://127.0.0.1/callback' };
  }
  if (url.hash || url.search || url.username) return { problem: 'must have no query, fragment or user name' };
  return { value: text };
}

/** Makes the parser of a setting that is one of a few words. */
export function oneOf<const T extends string>(allowed: readonly T[]): (text: string) => Parsed<T> {
  return (text) => {
    const value = allowed.find((word) => word === text);
    return value === undefined ? { problem: `is not one of ${allowed.join(', ')}`, known: allowed } : { value };
  };
}

/** How long to wait for something: a second at least, a day at most. */
export function timeLimit(text: string): Parsed<number> {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= 86_400 ? { value } : { problem: 'is not a number of seconds from 1 to 86400' };
}

/** How long ago something may have been, just now included. */
export function age(text: string): Parsed<number> {
  return /^\d{1,9}$/.test(text) ? { value: Number(text) } : { problem: 'is not a number of seconds' };
}

/** Commander's `true` is among the words: a flag without a value says yes. */
export function yesOrNo(text: string): Parsed<boolean> {
  const word = text.toLowerCase();
  if (['true', 'yes', '1'].includes(word)) return { value: true };
  return ['false', 'no', '0'].includes(word) ? { value: false } : { problem: 'is not true or false' };
}

export function address(text: string): Parsed<string> {
  return URL.canParse(text) ? { value: text } : { problem: 'is not an address such as https://example.com/bye' };
}
