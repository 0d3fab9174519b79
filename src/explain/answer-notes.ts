import type { Notes } from './note.ts';

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
  token_type: { what: 'Bearer: whoever has the token may use it', standard: 'RFC 6750' },
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
  // Not shown here: an address is for people only once it is known to be the issuer's.
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
