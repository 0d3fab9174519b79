import { knownClaims } from '../oidc/claims.ts';
import type { ConsolePlace } from '../pingone/console-places.ts';
import type { Note, Notes } from './story.ts';

/** Parameters of requests, wherever they are sent: to authorize, token, PAR and device authorization endpoints. */
export const parameterNotes: Notes = {
  response_type: {
    what: 'what is to come back through the browser: a code, which is worth nothing without the code verifier, or tokens',
    standard: 'RFC 6749, section 3.1.1; OpenID Connect Core, section 3',
    place: 'responseType',
  },
  response_mode: {
    what: 'how it comes back: in the query, in the fragment, or posted by a form',
    standard: 'OAuth 2.0 Multiple Response Type Encoding Practices, section 2.1',
  },
  client_id: { what: 'which application asks', standard: 'RFC 6749, section 2.2', place: 'clientId' },
  redirect_uri: {
    what: 'where the answer goes: this program’s listener; must be registered to the letter, but for a loopback port',
    standard: 'RFC 6749, section 3.1.2; RFC 8252, section 7.3',
    place: 'redirectUris',
  },
  scope: {
    what: 'what the access token is to be good for; "openid" makes it a sign-in; what is not granted there, by resource, is left out',
    standard: 'RFC 6749, section 3.3; OpenID Connect Core, section 5.4',
    place: 'apiScopes',
  },
  state: {
    what: 'random, made for this sign-in: an answer without it was asked for by somebody else',
    standard: 'RFC 6749, section 10.12',
  },
  nonce: {
    what: 'random, made for this sign-in: comes back inside the ID token, so that an old one cannot be played again',
    standard: 'OpenID Connect Core, section 3.1.2.1',
  },
  code_challenge: {
    what: 'the SHA-256 of the code verifier: binds the code to this process, which alone knows the verifier',
    standard: 'RFC 7636, section 4.3',
    place: 'pkce',
  },
  code_challenge_method: {
    what: 'how the challenge was made; "plain" would be the verifier itself and is never used',
    standard: 'RFC 7636, section 4.3',
    place: 'pkce',
  },
  prompt: {
    what: '"login" asks for the password though somebody is signed on; "none" asks nobody anything',
    standard: 'OpenID Connect Core, section 3.1.2.1',
  },
  max_age: {
    what: 'seconds since the last sign-on, at most; the ID token must then say when that was (auth_time)',
    standard: 'OpenID Connect Core, section 3.1.2.1',
  },
  login_hint: { what: 'the user name to begin with', standard: 'OpenID Connect Core, section 3.1.2.1' },
  acr_values: {
    what: 'sign-on policies by name, in order of preference',
    standard: 'OpenID Connect Core, section 3.1.2.1',
    place: 'policies',
  },
  request_uri: {
    what: 'refers to the parameters that were pushed to the server: good once, and not for long',
    standard: 'RFC 9126, section 4',
    place: 'par',
  },
  grant_type: { what: 'what is exchanged for tokens', standard: 'RFC 6749, section 4', place: 'grantType' },
  code: {
    what: 'the authorization code from the callback: good once, for about a minute',
    standard: 'RFC 6749, section 4.1.3',
    secret: true,
  },
  code_verifier: {
    what: 'the random text whose SHA-256 was sent as code_challenge; the server does the sum again',
    standard: 'RFC 7636, section 4.5',
    place: 'pkce',
    secret: true,
  },
  device_code: {
    what: 'what this program asks by, while the person types the other code elsewhere',
    standard: 'RFC 8628, section 3.4',
    secret: true,
  },
  client_secret: {
    what: 'the application’s password, in the form (client_secret_post)',
    standard: 'RFC 6749, section 2.3.1',
    place: 'tokenAuth',
    secret: true,
  },
  client_assertion: {
    what: 'a JWT signed by the application, in place of its password',
    standard: 'RFC 7523, section 2.2',
    place: 'tokenAuth',
    secret: true,
  },
  client_assertion_type: { what: 'what kind of assertion that is', standard: 'RFC 7523, section 2.2' },
};

/** Parameters of the callback, and members of what the endpoints answer. Those without a note are not shown. */
export const answerNotes: Notes = {
  code: {
    what: 'the authorization code: worth nothing without the code verifier, which never was in the browser',
    standard: 'RFC 6749, section 4.1.2',
    secret: true,
  },
  state: { what: 'equals the one that was sent, so this answers our request', standard: 'RFC 6749, section 10.12' },
  iss: { what: 'which server answers: must be the configured one', standard: 'RFC 9207, section 2' },
  session_state: {
    what: 'for session management in browsers; not used',
    standard: 'OpenID Connect Session Management',
  },
  access_token: {
    what: 'opens the APIs until it expires; for them to read, not for us',
    standard: 'RFC 6749, section 1.4',
    secret: true,
  },
  token_type: { what: 'Bearer: anybody who has the token can use it', standard: 'RFC 6750' },
  expires_in: { what: 'seconds that the access token is good for', standard: 'RFC 6749, section 5.1' },
  scope: {
    what: 'what was granted, which may be less than was asked for',
    standard: 'RFC 6749, section 3.3',
    place: 'apiScopes',
  },
  id_token: {
    what: 'says who signed in; for us to verify, and for nobody else',
    standard: 'OpenID Connect Core, section 2',
    secret: true,
  },
  refresh_token: {
    what: 'gets the next access token without the person; replaced at every use',
    standard: 'RFC 6749, section 6; RFC 9700, section 4.14',
    place: 'refreshToken',
    secret: true,
  },
  error: { what: 'why not', standard: 'RFC 6749, sections 4.1.2.1 and 5.2' },
  error_description: { what: 'the same in the server’s words, with the ID under which its log has it' },
  request_uri: { what: 'stands for the pushed parameters', standard: 'RFC 9126, section 2.2', place: 'par' },
  device_code: { what: 'what this program asks by', standard: 'RFC 8628, section 3.2', secret: true },
  user_code: { what: 'what the person types on the other device', standard: 'RFC 8628, section 3.2' },
  // It is not shown here: an address is for people only once it is known to be the issuer's.
  verification_uri: { what: 'where they type it: see below', standard: 'RFC 8628, section 3.3.1', secret: true },
  interval: { what: 'seconds between two questions', standard: 'RFC 8628, section 3.5' },
  keys: { what: 'public keys, by key ID (kid)', standard: 'RFC 7517, section 5' },
};

/** What a sign-in needs of the discovery document. */
export const metadataNotes: Notes = {
  issuer: {
    what: 'must equal the configured one to the letter, or nothing goes on',
    standard: 'OpenID Connect Discovery, section 4.3',
    place: 'environment',
  },
  authorization_endpoint: { what: 'where the browser goes' },
  token_endpoint: { what: 'where this program redeems codes and refresh tokens' },
  jwks_uri: { what: 'the keys that ID tokens are verified with' },
  userinfo_endpoint: { what: 'says more about the user, to whoever has the access token' },
  pushed_authorization_request_endpoint: { what: 'takes authorization requests beforehand', standard: 'RFC 9126' },
  device_authorization_endpoint: { what: 'gives the codes for a sign-in on another device', standard: 'RFC 8628' },
  response_types_supported: { what: 'PingOne takes more than it lists: "token" alone, too' },
  code_challenge_methods_supported: { what: 'S256 is used whatever is listed', standard: 'RFC 7636, section 4.2' },
  token_endpoint_auth_methods_supported: {
    what: 'PingOne does not list "none", and takes public clients all the same',
    place: 'tokenAuth',
  },
};

const scopeNotes = {
  profile: ofScope('profile'),
  email: ofScope('email'),
  address: ofScope('address'),
  phone: ofScope('phone'),
};

function ofScope(scope: string): Note {
  return {
    what: `about the person, by the scope ${scope}`,
    standard: 'OpenID Connect Core, section 5.4',
    place: 'attributes',
  };
}

/** What the claims mean. Those of a scope share a note, so that it is told once (OpenID Connect Core, section 5.4). */
export const claimNotes: Notes = Object.fromEntries(
  Object.entries(knownClaims).map(([name, { scope, ...claim }]) => [name, scope ? scopeNotes[scope] : claim]),
);

/** A request to the authorization server, by which of its endpoints it goes to. */
export interface ExchangeNote {
  readonly title: string;
  readonly what: string;
  readonly standard: string;
  readonly place?: ConsolePlace;
  /** Whether the answer's members are told; else the status is all there is to tell. */
  readonly answer?: 'metadata' | 'members' | 'claims';
}

/** The requests by the name that the metadata has for their endpoint; `discovery` is where the metadata comes from. */
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
