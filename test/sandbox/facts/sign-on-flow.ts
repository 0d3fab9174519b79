import type { Fact, FactRequest } from './fact.ts';
import { asked, askedInVain, filledIn, flow, inTurn, later, mailed, type Preparation, signedOn } from './pingone.ts';
import { isoTime, uuid } from './shape.ts';

// docs/pingone.md, section 3: the sign-on as a program drives it.

const password = {
  ada: 'Analytical-Engine-1843',
  grace: 'Temporary-Moth-1947',
  alan: 'Bombe-Hut-8-Enigma',
  edsger: 'Shortest-Path-1959',
};
const another = 'Quite-Another-77';

function act(action: string, json: unknown): FactRequest {
  const type = `application/vnd.pingidentity.${action}+json`;
  return { to: '{E}/flows/{flow}', json, headers: { cookie: '{cookie}', 'content-type': type } };
}

const check = (username: keyof typeof password) =>
  act('usernamePassword.check', { username, password: password[username] });
const wrong = act('usernamePassword.check', { username: 'ada', password: 'wrong' });
const mustChange = inTurn(flow(), asked(check('grace')));
const forgotten = inTurn(flow(), asked(act('password.forgot', { username: 'ada' })), mailed);
const recover = (recoveryCode: string, newPassword = another) => act('password.recover', { recoveryCode, newPassword });
const itself = { href: '{E}/flows/{flow}' };
const withoutJson = (action: string): FactRequest => ({
  ...{ to: '{E}/flows/{flow}', method: 'POST' },
  headers: { cookie: '{cookie}', 'content-type': `application/vnd.pingidentity.${action}` },
});

const device = asked(
  { to: '{A}/device_authorization', form: { client_id: '{native}', scope: 'openid' } },
  { userCode: 'user_code', deviceCode: 'device_code' },
);
/** A person at the device page: `{flow}`, `{cookie}`. */
const atDevicePage = inTurn(device, async (pingone, values) => {
  const { headers } = await pingone.ask({ to: `${values['E']}/device/${values['native']}` });
  const { searchParams } = new URL(String(headers.location));
  return { flow: searchParams.get('flowId') ?? '', cookie: String(headers['set-cookie']).split(';', 1)[0] ?? '' };
});
const verifyCode = act('deviceAuthGrant.userCode.verify', { userCode: '{userCode}' });
/** As {@link asked}, with the cookie that the answer brings. */
const withNewCookie =
  (request: FactRequest): Preparation =>
  async (pingone, values) => {
    const { headers } = await pingone.ask(filledIn(request, values));
    return { cookie: String(headers['set-cookie']).split(';', 1)[0] ?? '' };
  };
const readyToConsent = inTurn(atDevicePage, withNewCookie(verifyCode), withNewCookie(check('ada')));
const poll: FactRequest = {
  to: '{A}/token',
  form: {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    client_id: '{native}',
    device_code: '{deviceCode}',
  },
};
const state = { to: '{E}/flows/{flow}', headers: { cookie: '{cookie}' } };

export const signOnFlowFacts: readonly Fact[] = [
  {
    section: '3',
    certainty: 'C',
    says: 'A flow has `_links.self`, `id`, `session.id`, `resumeUrl`, `status`, `createdAt`, `expiresAt`, and the application’s name',
    before: flow(),
    request: state,
    expect: {
      status: 200,
      body: {
        _links: { self: { href: '{E}/flows/{flow}' } },
        id: '{flow}',
        session: { id: uuid },
        resumeUrl: '{A}/resume?flowId={flow}',
        status: 'USERNAME_PASSWORD_REQUIRED',
        createdAt: isoTime,
        expiresAt: isoTime,
        _embedded: { application: { name: 'ping14c (native, public)' } },
      },
    },
  },
  {
    section: '3',
    certainty: 'C',
    says: 'A flow expires after about 15 minutes',
    before: inTurn(flow(), later(16 * 60)),
    request: state,
    expect: { status: 404 },
  },
  {
    section: '3',
    certainty: 'C',
    says: '`usernamePassword.check+json` signs on: COMPLETED, with the user',
    before: flow(),
    request: check('ada'),
    expect: {
      status: 200,
      body: {
        status: 'COMPLETED',
        _embedded: { user: { id: '{ada}', username: 'ada', name: { given: 'Ada', family: 'Lovelace' } } },
      },
    },
  },
  {
    section: '3',
    certainty: 'C',
    says: 'A temporary password leads to MUST_CHANGE_PASSWORD, with the policy',
    before: flow(),
    request: check('grace'),
    expect: {
      status: 200,
      body: { status: 'MUST_CHANGE_PASSWORD', _embedded: { passwordPolicy: { name: 'Standard' } } },
    },
  },
  {
    section: '3',
    certainty: 'C',
    says: 'An expired password leads to PASSWORD_EXPIRED, with the policy',
    before: flow(),
    request: check('alan'),
    expect: {
      status: 200,
      body: { status: 'PASSWORD_EXPIRED', _embedded: { passwordPolicy: { length: { min: 8, max: 255 } } } },
    },
  },
  {
    section: '3',
    certainty: 'C',
    says: 'The embedded policy is the whole resource, with its links and times',
    before: flow(),
    request: check('alan'),
    expect: {
      status: 200,
      body: {
        _embedded: {
          passwordPolicy: {
            _links: { self: { href: /\/passwordPolicies\// }, environment: { href: '{P}' } },
            id: uuid,
            environment: { id: '{environment}' },
            name: 'Standard',
            createdAt: isoTime,
            updatedAt: isoTime,
            default: true,
          },
        },
      },
    },
  },
  {
    section: '3',
    certainty: 'C',
    says: '`password.reset+json` changes it, and the sign-on is COMPLETED',
    before: mustChange,
    request: act('password.reset', { currentPassword: password.grace, newPassword: another }),
    expect: { status: 200, body: { status: 'COMPLETED' } },
  },
  {
    section: '3',
    certainty: 'C',
    says: '`_links` name the actions: `usernamePassword.check`, `password.forgot`',
    before: flow(),
    request: state,
    expect: { status: 200, body: { _links: { 'usernamePassword.check': itself, 'password.forgot': itself } } },
  },
  {
    section: '3',
    certainty: 'C',
    says: 'Where the password must be changed, `password.reset` and `session.reset` are linked',
    before: flow(),
    request: check('grace'),
    expect: { status: 200, body: { _links: { 'password.reset': itself, 'session.reset': itself } } },
  },
  {
    section: '3',
    certainty: 'C',
    says: '`session.reset+json` starts the flow again',
    before: mustChange,
    request: act('session.reset', {}),
    expect: { status: 200, body: { status: 'USERNAME_PASSWORD_REQUIRED' } },
  },
  {
    section: '3',
    certainty: 'C',
    says: '`password.forgot+json` leads to RECOVERY_CODE_REQUIRED, with the links of what can be done and the policy',
    before: flow(),
    request: act('password.forgot', { username: 'ada' }),
    expect: {
      status: 200,
      body: {
        status: 'RECOVERY_CODE_REQUIRED',
        _links: { 'password.recover': itself, 'password.sendRecoveryCode': itself },
        _embedded: { passwordPolicy: { name: 'Standard' } },
      },
    },
  },
  {
    section: '14',
    certainty: 'EMU',
    says: '`password.forgot+json` tells nobody whether there is such a user',
    before: flow(),
    request: act('password.forgot', { username: 'nobody' }),
    expect: { status: 200, body: { status: 'RECOVERY_CODE_REQUIRED', _embedded: { user: undefined } } },
  },
  ...[act('password.sendRecoveryCode', {}), withoutJson('password.sendRecoveryCode')].map(
    (request, index): Fact => ({
      section: '3',
      certainty: 'C',
      says: `\`password.sendRecoveryCode${index === 0 ? '+json' : ''}\` sends another code`,
      before: forgotten,
      request,
      expect: { status: 200, body: { status: 'RECOVERY_CODE_REQUIRED' } },
    }),
  ),
  {
    section: '3',
    certainty: 'C',
    says: '`password.recover+json` with the code ends the sign-on: COMPLETED, with the user',
    before: forgotten,
    request: recover('{recoveryCode}'),
    expect: { status: 200, body: { status: 'COMPLETED', _embedded: { user: { username: 'ada' } } } },
  },
  {
    section: '7.3',
    certainty: 'C',
    says: 'A wrong recovery code is INVALID_VALUE on `recoveryCode`',
    before: forgotten,
    request: recover('wrong'),
    expect: { status: 400, body: { id: uuid, details: [{ code: 'INVALID_VALUE', target: 'recoveryCode' }] } },
  },
  {
    section: '7.3',
    certainty: 'C',
    says: 'With a recovery code, too, a password that breaks the policy is INVALID_VALUE on `newPassword`',
    before: forgotten,
    request: recover('{recoveryCode}', 'short'),
    expect: {
      status: 400,
      body: { details: [{ code: 'INVALID_VALUE', target: 'newPassword', innerError: { length: String } }] },
    },
  },
  {
    section: '7.3',
    certainty: 'C',
    says: 'The recovery code is good again after a password that breaks the policy',
    before: inTurn(forgotten, askedInVain(recover('{recoveryCode}', 'short'))),
    request: recover('{recoveryCode}'),
    expect: { status: 200, body: { status: 'COMPLETED' } },
  },
  {
    section: '7.3',
    certainty: 'C',
    says: 'A recovery code is good for five minutes',
    before: inTurn(forgotten, later(5 * 60)),
    request: recover('{recoveryCode}'),
    expect: { status: 400, body: { id: uuid } },
  },
  {
    section: '7.3',
    certainty: 'C',
    says: 'After five wrong codes in a flow the right one is refused',
    before: inTurn(forgotten, askedInVain(recover('wrong'), 5)),
    request: recover('{recoveryCode}'),
    expect: { status: 400, body: { id: uuid } },
  },
  {
    section: '3',
    certainty: 'C',
    says: 'With `response_mode=pi.flow` the answer at `/as/resume` is in `authorizeResponse` of the flow',
    before: signedOn(),
    request: { to: '{A}/resume?flowId={flow}', headers: { cookie: '{cookie}' } },
    expect: { status: 200, body: { status: 'COMPLETED', authorizeResponse: { code: uuid, state: 'the-state' } } },
  },
  ...(['recoveryCode', 'lowerCaseCode'] as const).map(
    (code): Fact => ({
      section: '7.3',
      certainty: 'C',
      says: `In a flow a recovery code is taken${code === 'recoveryCode' ? ', 8 letters and digits' : ' in lower case, too'}: COMPLETED`,
      before: forgotten,
      request: recover(`{${code}}`),
      expect: { status: 200, body: { status: 'COMPLETED' } },
    }),
  ),
  {
    section: '7.3',
    certainty: 'C',
    says: 'In a flow a recovery code is refused after five minutes',
    before: inTurn(forgotten, later(300)),
    request: recover('{recoveryCode}'),
    expect: { status: 400 },
  },
  {
    section: '7.3',
    certainty: 'C',
    says: 'In a flow a recovery code is refused after five failures',
    before: inTurn(forgotten, askedInVain(recover('WRONG123'), 5)),
    request: recover('{recoveryCode}'),
    expect: { status: 400 },
  },
  {
    section: '3',
    certainty: 'C',
    says: 'A wrong password is `INVALID_CREDENTIALS` in `details[0].code`',
    before: flow(),
    request: wrong,
    expect: { status: 400, body: { id: uuid, details: [{ code: 'INVALID_CREDENTIALS' }] } },
  },
  {
    section: '3',
    certainty: 'C',
    says: 'A locked out password is `PASSWORD_LOCKED_OUT`, with `innerError.secondsUntilUnlock`',
    before: flow(),
    request: check('edsger'),
    expect: {
      status: 400,
      body: { details: [{ code: 'PASSWORD_LOCKED_OUT', innerError: { secondsUntilUnlock: Number } }] },
    },
  },
  {
    section: '3',
    certainty: 'C',
    says: 'A device’s flow begins with DAG_USER_CODE_REQUIRED',
    before: atDevicePage,
    request: state,
    expect: { status: 200, body: { status: 'DAG_USER_CODE_REQUIRED' } },
  },
  {
    section: '3',
    certainty: 'C',
    says: '`deviceAuthGrant.userCode.verify+json` takes the code; then the person signs on',
    before: atDevicePage,
    request: verifyCode,
    expect: {
      status: 200,
      body: { status: 'USERNAME_PASSWORD_REQUIRED', _embedded: { application: { name: String } } },
    },
  },
  {
    section: '3',
    certainty: 'C',
    says: 'A device always prompts for consent: DAG_CONSENT_REQUIRED',
    before: inTurn(atDevicePage, withNewCookie(verifyCode)),
    request: check('ada'),
    expect: { status: 200, body: { status: 'DAG_CONSENT_REQUIRED' } },
  },
  {
    section: '3',
    certainty: 'C',
    says: '`deviceAuthGrant.consent+json` completes it',
    before: readyToConsent,
    request: act('deviceAuthGrant.consent', { accept: true }),
    expect: { status: 200, body: { status: 'COMPLETED' } },
  },
  {
    section: '4.3',
    certainty: 'C',
    says: 'After consent a poll gives tokens, a refresh token too',
    before: inTurn(readyToConsent, asked(act('deviceAuthGrant.consent', { accept: true }))),
    request: poll,
    expect: {
      status: 200,
      body: { access_token: String, token_type: 'Bearer', id_token: String, refresh_token: String },
    },
  },
  {
    section: '4.5',
    certainty: 'I',
    says: 'After consent is refused a poll is `access_denied`, in the words documented for CIBA',
    before: inTurn(readyToConsent, asked(act('deviceAuthGrant.consent', { accept: false }))),
    request: poll,
    expect: {
      status: 400,
      body: {
        error: 'access_denied',
        error_description: /The authorization request has been denied\. \(Correlation ID: /,
      },
    },
  },
  {
    section: '4.5',
    certainty: 'C',
    says: 'The device page begins a flow',
    request: { to: '{E}/device/{native}' },
    expect: { status: 302, location: { to: '{E}/signon/', parameters: { flowId: uuid } } },
  },
  {
    section: '4.5',
    certainty: 'C',
    says: 'The device page is at `/{environment}/device` as well',
    request: { to: '{E}/device' },
    expect: { status: 302, location: { to: '{E}/signon/', parameters: { flowId: uuid } } },
  },
];
