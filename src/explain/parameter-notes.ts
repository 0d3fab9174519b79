import type { Notes } from './note.ts';

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
