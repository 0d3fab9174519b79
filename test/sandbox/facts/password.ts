import type { ExpectedAnswer, Fact, FactRequest, Identity } from './fact.ts';
import { asked, askedInVain, inTurn, later, mailed } from './pingone.ts';
import { isoTime, listWith, membersInOrder, uuid } from './shape.ts';

// docs/pingone.md, sections 7.2 to 7.4: the password's state, its actions, and how they are refused.

const password = {
  ada: 'Analytical-Engine-1843',
  grace: 'Temporary-Moth-1947',
  alan: 'Bombe-Hut-8-Enigma',
  barbara: 'Substitute-Me-1987',
  edsger: 'Shortest-Path-1959',
};
const another = 'Quite-Another-77';

/** An action on a user's password; by a worker, or by the user. */
function act(
  method: 'PUT' | 'POST',
  user: string,
  action: string,
  json: unknown,
  as: Identity = 'worker',
): FactRequest {
  const headers = { 'content-type': `application/vnd.pingidentity.password.${action}` };
  return { to: `{P}/users/{${user}}/password`, method, as, headers, ...(json === undefined ? {} : { json }) };
}
const change = (currentPassword: string, newPassword: string, user: Identity = 'ada') =>
  act('PUT', user, 'reset+json', { currentPassword, newPassword }, user);
const wrongCheck = act('POST', 'ada', 'check+json', { password: 'wrong' });
const state = (user: string): FactRequest => ({ to: `{P}/users/{${user}}/password`, as: 'worker' });

const invalidData = 'The request could not be completed. One or more validation errors were in the request.';
const unmet = (target: string, ...requirements: readonly string[]): ExpectedAnswer => ({
  status: 400,
  body: {
    id: uuid,
    code: 'INVALID_DATA',
    message: invalidData,
    details: [
      {
        code: 'INVALID_VALUE',
        target,
        message: `${target === 'newPassword' ? 'New' : 'User'} password did not satisfy password policy requirements`,
        innerError: { unsatisfiedRequirements: listWith(...requirements) },
      },
    ],
  },
});
const innerError = (shape: Readonly<Record<string, unknown>>): ExpectedAnswer => ({
  status: 400,
  body: { details: [{ innerError: shape }] },
});
const statusOf = (status: string): ExpectedAnswer => ({ status: 200, body: { status } });

/** Far away, on whatever day this is asked. */
const lockedAccount = asked({
  to: '{P}/users/{ada}',
  as: 'worker',
  headers: { 'content-type': 'application/vnd.pingidentity.account.lock+json' },
  json: { unlockAt: '2999-01-01T12:00:00Z' },
});

const states: readonly Fact[] = [
  {
    section: '7.2',
    certainty: 'C',
    says: 'The password state: links, environment, user, policy, status, lastChangedAt',
    request: state('ada'),
    expect: {
      status: 200,
      body: {
        _links: {
          self: { href: '{P}/users/{ada}/password' },
          environment: { href: '{P}' },
          user: { href: '{P}/users/{ada}' },
          passwordPolicy: { href: /^{P}\/passwordPolicies\// },
          'password.check': { href: '{P}/users/{ada}/password' },
          'password.reset': { href: '{P}/users/{ada}/password' },
          'password.set': { href: '{P}/users/{ada}/password' },
          'password.recover': { href: '{P}/users/{ada}/password' },
        },
        environment: { id: '{environment}' },
        user: { id: '{ada}' },
        passwordPolicy: { id: uuid },
        status: 'OK',
        lastChangedAt: isoTime,
        secondsUntilUnlock: undefined,
        _embedded: undefined,
      },
    },
  },
  {
    section: '7.2',
    certainty: 'C',
    says: '`expand=passwordPolicy` embeds the whole policy',
    request: { to: '{P}/users/{ada}/password?expand=passwordPolicy', as: 'ada' },
    expect: {
      status: 200,
      body: {
        _embedded: { passwordPolicy: { id: uuid, name: 'Standard', length: { min: 8, max: 255 }, maxAgeDays: 182 } },
      },
    },
  },
  {
    section: '7.2',
    certainty: 'C',
    says: 'The members of the state are in the recorded order, what is embedded last, and there are no others',
    request: { to: '{P}/users/{ada}/password?expand=passwordPolicy', as: 'ada' },
    expect: {
      status: 200,
      body: membersInOrder('_links', 'environment', 'user', 'passwordPolicy', 'status', 'lastChangedAt', '_embedded'),
    },
  },
  ...Object.entries({
    ada: 'OK',
    margaret: 'NO_PASSWORD',
    alan: 'PASSWORD_EXPIRED',
    edsger: 'PASSWORD_LOCKED_OUT',
    grace: 'MUST_CHANGE_PASSWORD',
    donald: 'EXTERNAL',
  }).map(
    ([user, status]): Fact => ({
      section: '7.2',
      certainty: 'C',
      says: `\`${status}\` is a status`,
      request: state(user),
      expect: statusOf(status),
    }),
  ),
  {
    section: '7.2',
    certainty: 'C',
    says: 'Without a password there is no `lastChangedAt`',
    request: state('margaret'),
    expect: { status: 200, body: { lastChangedAt: undefined } },
  },
  {
    section: '7.2',
    certainty: 'C',
    says: 'A locked out password has `secondsUntilUnlock`',
    request: state('edsger'),
    expect: { status: 200, body: { secondsUntilUnlock: Number } },
  },
  {
    section: '7.2',
    certainty: 'C',
    says: 'A password expires with `maxAgeDays` of the policy',
    before: later(153 * 86_400),
    request: state('ada'),
    expect: statusOf('PASSWORD_EXPIRED'),
  },
];

const actions: readonly Fact[] = [
  {
    section: '7.3',
    certainty: 'C',
    says: 'A user’s own change: PUT `password.reset+json` answers 200 with the state, `OK`, and a new `lastChangedAt`',
    request: change(password.ada, another),
    expect: {
      status: 200,
      body: {
        _links: { self: { href: '{P}/users/{ada}/password' } },
        status: 'OK',
        lastChangedAt: isoTime,
        user: { id: '{ada}' },
        _embedded: undefined,
      },
    },
  },
  {
    section: '7.3',
    certainty: 'C',
    says: 'A user’s own change needs `currentPassword`',
    request: act('PUT', 'ada', 'reset+json', { newPassword: another }, 'ada'),
    expect: { status: 400, body: { code: 'INVALID_DATA', details: [{ target: 'currentPassword' }] } },
  },
  {
    section: '7.3',
    certainty: 'C',
    says: 'An administrator’s reset needs the new password only, and the user must change it',
    request: act('PUT', 'ada', 'reset+json', { newPassword: another }),
    expect: statusOf('MUST_CHANGE_PASSWORD'),
  },
  {
    section: '7.3',
    certainty: 'C',
    says: 'An administrator’s reset is not checked against the policy',
    request: act('PUT', 'ada', 'reset+json', { newPassword: 'short' }),
    expect: statusOf('MUST_CHANGE_PASSWORD'),
  },
  {
    section: '7.3',
    certainty: 'C',
    says: 'An administrator’s reset unlocks the password',
    request: act('PUT', 'edsger', 'reset+json', { newPassword: another }),
    expect: statusOf('MUST_CHANGE_PASSWORD'),
  },
  {
    section: '7.3',
    certainty: 'C',
    says: 'PUT `password.set+json` sets a password',
    request: act('PUT', 'margaret', 'set+json', { value: another }),
    expect: statusOf('OK'),
  },
  {
    section: '7.3',
    certainty: 'C',
    says: '`forceChange` of `password.set+json` makes the user change it',
    request: act('PUT', 'ada', 'set+json', { value: another, forceChange: true }),
    expect: statusOf('MUST_CHANGE_PASSWORD'),
  },
  {
    section: '7.3',
    certainty: 'C',
    says: '`password.set+json` is checked against the policy',
    request: act('PUT', 'ada', 'set+json', { value: 'short' }),
    expect: unmet('password', 'length'),
  },
  {
    section: '7.3',
    certainty: 'C',
    says: '`bypassPolicy` of `password.set+json` leaves the policy out',
    request: act('PUT', 'ada', 'set+json', { value: 'short', bypassPolicy: true }),
    expect: statusOf('OK'),
  },
  {
    section: '7.3',
    certainty: 'C',
    says: 'PUT `password.setValue+json` with `{}` unsets the password',
    request: act('PUT', 'ada', 'setValue+json', {}),
    expect: { status: 200, body: { status: 'NO_PASSWORD', lastChangedAt: undefined } },
  },
  {
    section: '7.3',
    certainty: 'C',
    says: 'PUT `password.setValue+json` with a value sets it',
    request: act('PUT', 'ada', 'setValue+json', { value: another }),
    expect: statusOf('OK'),
  },
  {
    section: '7.3',
    certainty: 'C',
    says: 'POST `password.check+json` with the right password: 200',
    request: act('POST', 'ada', 'check+json', { password: password.ada }),
    expect: statusOf('OK'),
  },
  ...(['grace', 'alan'] as const).map(
    (user): Fact => ({
      section: '7.3',
      certainty: 'C',
      says: `The check is 200 with a password that ${user === 'grace' ? 'must be changed' : 'has expired'}, too`,
      request: act('POST', user, 'check+json', { password: password[user] }),
      expect: { status: 200 },
    }),
  ),
  ...(['margaret', 'edsger'] as const).map(
    (user): Fact => ({
      section: '7.3',
      certainty: 'C',
      says: `The check is 400 ${user === 'margaret' ? 'without a password' : 'for a locked out one'}`,
      request: act('POST', user, 'check+json', { password: password.edsger }),
      expect: { status: 400 },
    }),
  ),
  ...(['sendRecoveryCode', 'sendRecoveryCode+json'] as const).map(
    (action): Fact => ({
      section: '7.3',
      certainty: 'C',
      says: `POST \`password.${action}\` sends a code`,
      request: act('POST', 'ada', action, undefined),
      expect: { status: 200 },
    }),
  ),
  ...(['kurt', 'margaret', 'edsger'] as const).map(
    (user): Fact => ({
      section: '7.3',
      certainty: 'C',
      says: `No code is sent to ${{ kurt: 'a disabled user', margaret: 'one without a password', edsger: 'one who is locked out' }[user]}`,
      request: act('POST', user, 'sendRecoveryCode', undefined),
      expect: { status: 400, body: { id: uuid, code: 'REQUEST_FAILED' } },
    }),
  ),
  {
    section: '7.3',
    certainty: 'C',
    says: 'POST `password.recover+json` sets the new password for the code',
    before: inTurn(asked(act('POST', 'ada', 'sendRecoveryCode', undefined)), mailed),
    request: act('POST', 'ada', 'recover+json', { recoveryCode: '{recoveryCode}', newPassword: another }),
    expect: statusOf('OK'),
  },
  {
    section: '7.3',
    certainty: 'C',
    says: 'Too many wrong codes lock the password out',
    before: inTurn(
      asked(act('POST', 'ada', 'sendRecoveryCode', undefined)),
      askedInVain(act('POST', 'ada', 'recover+json', { recoveryCode: 'wrong', newPassword: another }), 5),
    ),
    request: state('ada'),
    expect: statusOf('PASSWORD_LOCKED_OUT'),
  },
  {
    section: '7.3',
    certainty: 'C',
    says: 'POST `password.recover+json` refuses a wrong code',
    before: asked(act('POST', 'ada', 'sendRecoveryCode', undefined)),
    request: act('POST', 'ada', 'recover+json', { recoveryCode: 'wrong', newPassword: another }),
    expect: { status: 400, body: { id: uuid, code: String } },
  },
  {
    section: '7.3',
    certainty: 'C',
    says: 'POST `password.recover+json` with the code sets the password',
    before: inTurn(asked(act('POST', 'ada', 'sendRecoveryCode', undefined)), mailed),
    request: act('POST', 'ada', 'recover+json', { recoveryCode: '{recoveryCode}', newPassword: another }),
    expect: statusOf('OK'),
  },
  {
    section: '7.3',
    certainty: 'C',
    says: 'A code is good for five minutes',
    before: inTurn(asked(act('POST', 'ada', 'sendRecoveryCode', undefined)), mailed, later(300)),
    request: act('POST', 'ada', 'recover+json', { recoveryCode: '{recoveryCode}', newPassword: another }),
    expect: { status: 400 },
  },
  {
    section: '7.3',
    certainty: 'C',
    says: 'An administrator’s reset leaves an account locked that was locked by `account.lock+json`',
    before: inTurn(lockedAccount, asked(act('PUT', 'ada', 'reset+json', { newPassword: another }))),
    request: { to: '{P}/users/{ada}', as: 'worker' },
    expect: { status: 200, body: { account: { status: 'LOCKED', canAuthenticate: false } } },
  },
  ...(['unlock', 'unlock+json'] as const).map(
    (action): Fact => ({
      section: '7.3',
      certainty: 'C',
      says: `POST \`password.${action}\` unlocks: 200 with the state`,
      request: act('POST', 'edsger', action, undefined),
      expect: statusOf('OK'),
    }),
  ),
  {
    section: '7.3',
    certainty: 'C',
    says: 'POST `password.forceChange`: 200, MUST_CHANGE_PASSWORD',
    request: act('POST', 'ada', 'forceChange', undefined),
    expect: statusOf('MUST_CHANGE_PASSWORD'),
  },
  {
    section: '7.3',
    certainty: 'C',
    says: '`password.forceChange` leaves the password as it is',
    before: asked(act('POST', 'ada', 'forceChange', undefined)),
    request: act('POST', 'ada', 'check+json', { password: password.ada }),
    expect: { status: 200 },
  },
  {
    section: '7.3',
    certainty: 'C',
    says: '`password.forceChange` unlocks as a reset does',
    request: act('POST', 'edsger', 'forceChange', undefined),
    expect: statusOf('MUST_CHANGE_PASSWORD'),
  },
  {
    section: '7.3',
    certainty: 'C3',
    says: 'A wrong media type: 415, INVALID_REQUEST, `The server is refusing to service the request …`',
    request: { to: '{P}/users/{ada}/password', method: 'PUT', as: 'worker', json: { newPassword: another } },
    expect: {
      status: 415,
      body: {
        id: uuid,
        code: 'INVALID_REQUEST',
        message:
          'The server is refusing to service the request because the entity of the request is in a format not supported by the requested resource for the requested method.',
      },
    },
  },
  {
    section: '7.3',
    certainty: 'C',
    says: 'A user of an outside provider: REQUEST_FAILED',
    request: act('PUT', 'donald', 'set+json', { value: another }),
    expect: { status: 400, body: { code: 'REQUEST_FAILED' } },
  },
];

const refusals: readonly Fact[] = [
  {
    section: '7.4',
    certainty: 'C',
    says: 'A new password that violates the policy: INVALID_DATA, INVALID_VALUE, target `newPassword`, with the requirements',
    request: change(password.ada, 'short'),
    expect: unmet('newPassword', 'length', 'minCharacters'),
  },
  {
    section: '7.4',
    certainty: 'C',
    says: 'A wrong current password: INVALID_DATA, INVALID_VALUE, target `currentPassword`',
    request: change('wrong', another),
    expect: {
      status: 400,
      body: {
        code: 'INVALID_DATA',
        message: invalidData,
        details: [{ code: 'INVALID_VALUE', target: 'currentPassword' }],
      },
    },
  },
  {
    section: '7.4',
    certainty: 'C3',
    says: 'A wrong current password: `The current password provided for the user is invalid`, and how many attempts remain',
    request: change('wrong', another),
    expect: {
      status: 400,
      body: {
        details: [
          { message: 'The current password provided for the user is invalid', innerError: { attemptsRemaining: 4 } },
        ],
      },
    },
  },
  {
    section: '7.4',
    certainty: 'C',
    says: 'A wrong password in the check: target `password`, `The provided password did not match provisioned password`, `failuresRemaining`',
    request: wrongCheck,
    expect: {
      status: 400,
      body: {
        code: 'INVALID_DATA',
        details: [
          {
            code: 'INVALID_VALUE',
            target: 'password',
            message: 'The provided password did not match provisioned password',
            innerError: { failuresRemaining: 4 },
          },
        ],
      },
    },
  },
  {
    section: '7.4',
    certainty: 'C',
    says: 'Locked out: PASSWORD_LOCKED_OUT, with `secondsUntilUnlock`, after five wrong attempts',
    before: askedInVain(wrongCheck, 5),
    request: act('POST', 'ada', 'check+json', { password: password.ada }),
    expect: {
      status: 400,
      body: { details: [{ code: 'PASSWORD_LOCKED_OUT', innerError: { secondsUntilUnlock: Number } }] },
    },
  },
  {
    section: '7.5',
    certainty: 'C',
    says: 'A lockout ends after 900 seconds',
    before: inTurn(askedInVain(wrongCheck, 5), later(900)),
    request: act('POST', 'ada', 'check+json', { password: password.ada }),
    expect: { status: 200 },
  },
  {
    section: '7.4',
    certainty: 'C3',
    says: 'Changed too recently: REQUEST_FAILED, PASSWORD_TOO_YOUNG',
    request: change(password.barbara, another, 'barbara'),
    expect: { status: 400, body: { code: 'REQUEST_FAILED', details: [{ code: 'PASSWORD_TOO_YOUNG' }] } },
  },
  ...(
    [
      ['length', 'Sh0rt-!', 'The provided password is shorter than the minimum required length of 8 characters'],
      [
        'minCharacters',
        'only-lower-case-1',
        "The provided password did not contain enough characters from the character set 'ZYXWVUTSRQPONMLKJIHGFEDCBA'.  The minimum number of characters from that set that must be present in user passwords is 1",
      ],
      [
        'minUniqueCharacters',
        'Aa1-Aa1-Aa1-',
        'The provided password does not contain enough unique characters.  The minimum number of unique characters that may appear in a user password is 5',
      ],
      [
        'maxRepeatedCharacters',
        'Quiiite-Another-77',
        'The provided password is not acceptable because it contains a character repeated more than 2 times in a row',
      ],
      [
        'excludesCommonlyUsed',
        'Password1!',
        'The provided password (or a variant of that password) was found in a list of prohibited passwords',
      ],
      [
        'history',
        password.ada,
        'The provided new password cannot be the same as the current password or any password in the password history.',
      ],
    ] as const
  ).map(
    ([requirement, newPassword, message]): Fact => ({
      section: '7.4',
      certainty: 'C',
      says: `\`${requirement}\` has its recorded message`,
      request: change(password.ada, newPassword),
      expect: innerError({ unsatisfiedRequirements: listWith(requirement), [requirement]: message }),
    }),
  ),
  {
    section: '7.4',
    certainty: 'C',
    says: '`minCharacters` is named once for each character set that fails',
    request: change(password.ada, 'onlylowercase'),
    expect: innerError({
      unsatisfiedRequirements: (names: unknown) =>
        Array.isArray(names) && names.filter((name) => name === 'minCharacters').length === 3,
    }),
  },
  ...(
    [
      ['excludesProfileData', 'ada@example.com'],
      ['notSimilarToCurrent', 'Analytical-Engine-1844'],
    ] as const
  ).map(
    ([requirement, newPassword]): Fact => ({
      section: '7.4',
      certainty: 'C',
      says: `\`${requirement}\` is the name of a requirement`,
      request: change(password.ada, newPassword),
      expect: innerError({ unsatisfiedRequirements: listWith(requirement), [requirement]: String }),
    }),
  ),
];

export const passwordFacts: readonly Fact[] = [...states, ...actions, ...refusals];
