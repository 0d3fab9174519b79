import type { ConsolePlace } from '../config/console-places.ts';

/** A request to the authorization server, by which of its endpoints it goes to. */
export interface ExchangeNote {
  readonly title: string;
  readonly what: string;
  readonly standard: string;
  readonly place?: ConsolePlace;
  /** Whether the answer's members are told; else the status is all there is to tell. */
  readonly answer?: 'metadata' | 'members' | 'claims';
}

/** By the name that the metadata has for the endpoint; `discovery` is where the metadata itself comes from. */
export const exchangeNotes = {
  discovery: {
    title: 'Discovery',
    what: 'The server tells its addresses. All else depends on this document, so it comes over TLS and names its issuer.',
    standard: 'OpenID Connect Discovery, section 4',
    place: 'environment',
    answer: 'metadata',
  },
  authorization_endpoint: {
    title: 'Preflight: the authorization request, tried without a browser',
    what: 'The same request, with a state, a nonce and a challenge of its own, without cookies, and led nowhere: a redirect URI that is not registered, and the like, is better told here than on an error page.',
    standard: 'RFC 6749, section 4.1.2.1',
    place: 'redirectUris',
  },
  pushed_authorization_request_endpoint: {
    title: 'Pushed authorization request',
    what: 'The parameters go to the server itself, so that nobody between can read or change them; the browser gets a reference.',
    standard: 'RFC 9126, section 2',
    place: 'par',
    answer: 'members',
  },
  device_authorization_endpoint: {
    title: 'Device authorization',
    what: 'The server gives two codes: one for this program to ask by, one for the person to type on another device.',
    standard: 'RFC 8628, section 3.1',
    place: 'grantType',
    answer: 'members',
  },
  token_endpoint: {
    title: 'Token request',
    what: 'From this program to the server, past the browser: tokens against what was got, and the proof that we are who asked.',
    standard: 'RFC 6749, section 3.2',
    place: 'tokenAuth',
    answer: 'members',
  },
  jwks_uri: {
    title: 'The server’s public keys',
    what: 'Fetched when the first signature is to be verified; once more if the key ID is unknown.',
    standard: 'OpenID Connect Core, section 10.1',
    answer: 'members',
  },
  userinfo_endpoint: {
    title: 'Userinfo',
    what: 'Who the access token speaks for, in the server’s words.',
    standard: 'OpenID Connect Core, section 5.3',
    place: 'openidScopes',
    answer: 'claims',
  },
  other: { title: 'A request', what: 'To an address that this program has no words for.', standard: 'RFC 9110' },
} as const satisfies Readonly<Record<string, ExchangeNote>>;

export type Endpoint = keyof typeof exchangeNotes;
