import { isLoopbackHost, isSecureOrLoopback } from '../loopback-host.ts';
import { isRegion, regions } from '../pingone/endpoints.ts';

/** What a text becomes when it is a fitting value, or what is wrong with it. */
export type Parsed = { readonly value: string } | { readonly problem: string };

/** Case and hyphens as PingOne prints them; the ID becomes part of every URL, so nothing else may stand in it. */
export function uuid(text: string): Parsed {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
    ? { value: text.toLowerCase() }
    : { problem: 'is not a UUID such as 01234567-89ab-cdef-0123-456789abcdef' };
}

/** `eu`, or as Ping's variables have it, `pingone.eu`. */
export function region(text: string): Parsed {
  const domain = text.toLowerCase().replace(/^\.|^pingone\./, '');
  return isRegion(domain) ? { value: domain } : { problem: `is none of ${Object.keys(regions).join(', ')}` };
}

/** A port too: PingOne's have none, but what stands in for it on a developer's machine does. */
export function hostName(text: string): Parsed {
  const url = `https://${text}`;
  return /^(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::\d{1,5})?$/i.test(text) && URL.canParse(url)
    ? { value: new URL(url).host }
    : { problem: 'is not a host name such as auth.example.com' };
}

export function authorizationServerBase(text: string): Parsed {
  return /\/v1\/*$/.test(text) ? { problem: 'ends in /v1, which belongs to the API base only' } : serverUrl(text);
}

/** A URL that ends in `/v1`, or the bare host that PINGONE_API_DOMAIN holds. */
export function apiBase(text: string): Parsed {
  const url = /^[a-z0-9.-]+$/i.test(text) ? `https://${text}/v1` : text;
  return /\/v1\/*$/.test(url) ? serverUrl(url) : { problem: 'does not end in /v1' };
}

/** Scopes separated by spaces or commas; the characters of RFC 6749, section 3.3. */
export function scopes(text: string): Parsed {
  const names = text.split(/[\s,]+/).filter(Boolean);
  return names.every((name) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(name))
    ? { value: [...new Set(names)].join(' ') }
    : { problem: 'has a character that no scope may have' };
}

/** The implicit grant's three (OpenID Connect Core, section 3.2.2.1; `token` alone is RFC 6749's), in whatever order. */
export function responseType(text: string): Parsed {
  const value = text
    .split(/[\s,]+/)
    .filter(Boolean)
    .sort()
    .reverse()
    .join(' ');
  return oneOf(['token id_token', 'id_token', 'token'], value);
}

function serverUrl(text: string): Parsed {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.search || url.hash || url.username)
    return { problem: 'is not an address such as https://auth.pingone.eu' };
  if (isSecureOrLoopback(text)) {
    return { value: url.href.replace(/\/+$/, '') };
  }
  return { problem: 'must begin with https:// (http:// is for loopback addresses only)' };
}

/** The listener can only stand on this machine: RFC 8252, section 7.3, with https as PingOne allows. */
export function redirectUri(text: string): Parsed {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['https:', 'http:'].includes(url.protocol) || !isLoopbackHost(url.hostname)) {
    return { problem: 'must be an http or https address of this machine, such as https://127.0.0.1/callback' };
  }
  // PingOne compares to the letter, and clients write `https://host` with a slash at its end.
  if (/^https?:\/\/[^/?#]*$/i.test(text)) return { problem: 'must have a path, such as /callback' };
  if (url.hash || url.search || url.username) return { problem: 'must have no query, fragment or user name' };
  return { value: text };
}

export function oneOf(allowed: readonly string[], text: string): Parsed {
  return allowed.includes(text) ? { value: text } : { problem: `is none of ${allowed.join(', ')}` };
}

export function seconds(text: string): Parsed {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= 86_400
    ? { value: String(value) }
    : { problem: 'is not a number of seconds from 1 to 86400' };
}

/** A flag without a value says yes. */
export function yesOrNo(text: string): Parsed {
  const value = { true: 'true', yes: 'true', '1': 'true', false: 'false', no: 'false', '0': 'false' }[
    text.toLowerCase()
  ];
  return value ? { value } : { problem: 'is neither true nor false' };
}
