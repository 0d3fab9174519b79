/** One decision: the section of pingone-api.md that it belongs to, in words, and the value that the code reads. */
interface Choice {
  readonly section: string;
  readonly choice: string;
  readonly status?: number;
  readonly distance?: number;
  readonly code?: string;
  readonly seconds?: number;
}

/**
 * Where PingOne is not pinned down by public material, the sandbox chooses; pingone-api.md marks these places [I] or EMU.
 * They stand here, each with its section, so that a recording of a real tenant can be held against one page.
 */
export const choices = {
  // The authorization server
  responseIss: {
    section: '2',
    choice: 'The authorize response carries no iss (RFC 9207), and discovery promises none.',
  },
  requestObject: {
    section: '2',
    choice: 'Request objects must be signed with what the client has; unsigned ones are refused.',
  },
  hosts: { section: '1', choice: 'auth, api and apps are one origin; only the path tells them apart.' },
  clientIdBesideBasic: {
    section: '4.1',
    choice:
      'par and device_authorization take client_id beside Basic: it is a parameter of these requests (RFC 9126, section 2.1; RFC 8628, section 3.1).',
  },
  refreshScope: {
    section: '4.3',
    choice: 'A refresh that asks for scopes gets those of them that were granted; what was not is left out.',
  },
  basicEncoding: {
    section: '4.1',
    choice: 'The two halves of Basic are taken as they are, as PingOne documents them, and form-encoded (RFC 6749).',
  },
  crossOrigin: {
    section: '2',
    choice: 'Pages of all origins may call what no cookie authenticates, by "*"; they may read Correlation-Id.',
  },
  codeLifetime: { section: '3', choice: 'An authorization code is good for a minute and for one use.', seconds: 60 },
  codeReuse: {
    section: '3',
    choice: 'A code used twice ends the refresh tokens of its first use (RFC 6749, section 4.1.2).',
  },
  absentMethod: { section: '3', choice: 'code_challenge without code_challenge_method means plain (RFC 7636).' },
  unknownClient: { section: '3', choice: 'An unknown or disabled client is told on a page, never by a redirect.' },
  assertionAudience: {
    section: '4.1',
    choice: 'A client assertion may name the issuer or the token endpoint as its aud.',
  },
  deadGrant: {
    section: '4.6',
    choice: 'Bad, used, expired or foreign codes and refresh tokens, and a wrong verifier, are 400 invalid_grant.',
  },
  devicePoll: { section: '4.5', choice: 'The device grant answers polls with 400 and the texts recorded for CIBA.' },
  devicePkce: { section: '4.5', choice: 'PKCE on the device grant is enforced where the client sends it.' },
  loopbackPorts: {
    section: '9',
    choice:
      'localhost and 127.0.0.1 match on any port, also where the registered redirect URI has one; [::1] does not.',
  },
  signedOffPorts: { section: '9', choice: 'Post-logout redirect URIs match to the letter, ports included.' },
  revocation: {
    section: '10',
    choice: 'Revocation answers 200 for unknown and foreign tokens too, and leaves those alone.',
  },
  introspection: {
    section: '10',
    choice: 'Introspection tells a client of its own tokens only; all others are inactive.',
  },
  flowOfProgram: {
    section: '3',
    choice: 'response_mode=pi.flow answers with the flow object, and at resume with the parameters as JSON.',
  },
  externalSignOn: { section: '6', choice: 'The sandbox plays the outside identity provider and takes any password.' },
  apiAudience: { section: '5', choice: 'The audience of the PingOne API is the origin: the API base without /v1.' },

  // The directory and the management API
  requestFailed: {
    section: '7.4',
    choice:
      'Locked out (detail PASSWORD_LOCKED_OUT), changed too recently (PASSWORD_TOO_YOUNG) and kept elsewhere (no detail) are 400 REQUEST_FAILED.',
    status: 400,
  },
  lockingAttempt: {
    section: '7.4',
    choice: 'The attempt that locks still says that the password is wrong, with 0 left; the next one says locked out.',
  },
  forcedChange: {
    section: '7.5',
    choice: 'A password that must be changed may be changed at once: minAgeDays does not hold for it.',
  },
  similarity: {
    section: '7.5',
    choice: 'notSimilarToCurrent refuses a Levenshtein distance up to this one, letters compared without case.',
    distance: 2,
  },
  profileData: { section: '7.5', choice: 'excludesProfileData compares whole values without case.' },
  sequences: { section: '7.5', choice: 'Sequence rules read forwards and backwards, letters without case.' },
  history: {
    section: '7.5',
    choice: 'history.count earlier passwords and, always, the current one are refused, all as "history".',
  },
  adminReset: { section: '7.3', choice: 'A password reset by a worker leaves MUST_CHANGE_PASSWORD.' },
  unlock: { section: '7.3', choice: 'Unlock is POST with password.unlock+json; an already open account is no error.' },
  mediaType: {
    section: '7.3',
    choice: 'A body of another media type than the vendor one: 415 INVALID_REQUEST.',
    status: 415,
  },
  methodNotAllowed: { section: '8', choice: '405 carries this code, and Allow.', code: 'INVALID_REQUEST' },
  accessFailed: {
    section: '8',
    choice: 'No or bad token: 401 with top-level ACCESS_FAILED and detail INVALID_TOKEN (one trace has it on top).',
  },
  errorId: { section: '8', choice: 'The error\'s "id" equals the Correlation-Id header.' },
  workerRoles: {
    section: '4.4',
    choice: 'Any role lets a worker read and write users and read policies; roles are not told apart.',
  },
  passwordWarnings: {
    section: '7.2',
    choice: 'The password state has no warnings object: its key names have never been seen.',
  },
  recoveryCode: {
    section: '7.3',
    choice: 'No mail is sent: the recovery code is this one.',
    code: '12345678',
  },
  policyRead: {
    section: '6',
    choice: 'passwordPolicies needs a worker with a role; the expansion of a password state does not.',
  },
  sessionFields: {
    section: '12',
    choice:
      'A session shows createdAt, activeAt, expiresAt, lastSignOn, browser and current; deleting the current one is 400.',
  },
  hal: { section: '8', choice: 'Resources are answered as application/hal+json, errors as application/json.' },
  filter: { section: '7.1', choice: 'users?filter= takes username eq and email eq; another filter is refused.' },
  attributes: {
    section: '7.1',
    choice:
      'Unknown attributes are refused, read-only ones (username and enabled too) are passed over; a new email address is unverified.',
  },
  hashedValue: { section: '7.3', choice: 'A pre-hashed password value is refused.' },
} as const satisfies Readonly<Record<string, Choice>>;
