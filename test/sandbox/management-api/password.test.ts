import { describe, expect, it } from 'vitest';
import { type ApiAnswer, type ManagementApi, managementApi, people } from '../../support/management-api.ts';

const vendor = (action: string) => `application/vnd.pingidentity.password.${action}`;
const invalidData = 'The request could not be completed. One or more validation errors were in the request.';
const failed = 'The request could not be completed. There was an issue processing the request.';
const nextPassword = 'Difference-Engine-22';
const dayMs = 86_400_000;

function person(name: string) {
  const user = people[name];
  if (!user) throw new Error(`nobody is called ${name}`);
  return { id: user.id, path: `users/${user.id}/password`, password: user.password?.value ?? '' };
}

async function change(api: ManagementApi, name: string, body: unknown): Promise<ApiAnswer> {
  const { id, path } = person(name);
  const token = await api.userToken(id, ['p1:reset:userPassword']);
  return api.call('PUT', path, { token, type: vendor('reset+json'), body });
}

async function byWorker(api: ManagementApi, method: string, action: string, name: string, body: unknown = '') {
  return api.call(method, person(name).path, { token: await api.workerToken('0003'), type: vendor(action), body });
}

function expectRefusal(answer: ApiAnswer, code: string, message: string, ...details: readonly unknown[]) {
  expect(answer.status).toBe(400);
  const id = answer.headers.get('correlation-id');
  expect(answer.body).toEqual({ id, code, message, ...(details.length > 0 ? { details } : {}) });
}

describe('the state of a password', () => {
  it('is told with its links; the policy only to who asks for it', async () => {
    const api = await managementApi();
    const { id, path } = person('ada');
    const token = await api.userToken(id, ['p1:read:userPassword']);
    const { body } = await api.call('GET', path, { token });
    const base = `${api.environment.apiUrl}/environments/${api.environment.seed.environment.id}`;
    const password = { href: `${base}/${path}` };
    const policyId = 'f0000000-0000-4000-8000-000000000001';
    expect(body).toEqual({
      _links: {
        self: password,
        environment: { href: base },
        user: { href: `${base}/users/${id}` },
        passwordPolicy: { href: `${base}/passwordPolicies/${policyId}` },
        'password.set': password,
        'password.reset': password,
        'password.check': password,
        'password.recover': password,
      },
      environment: { id: api.environment.seed.environment.id },
      user: { id },
      passwordPolicy: { id: policyId },
      status: 'OK',
      lastChangedAt: '2026-10-24T12:00:00.000Z',
    });
    const expanded = await api.call('GET', `${path}?expand=passwordPolicy`, { token });
    const policy = await api.call('GET', `passwordPolicies/${policyId}`, { token: await api.workerToken('0003') });
    expect(expanded.body).toEqual({ ...body, _embedded: { passwordPolicy: policy.body } });
    expect(policy.body).toMatchObject({ name: 'Standard', default: true, minAgeDays: 1, history: { count: 6 } });
    expect(policy.body).not.toHaveProperty('minComplexity');
  });

  it.each([
    ['grace', 'MUST_CHANGE_PASSWORD'],
    ['alan', 'PASSWORD_EXPIRED'],
    ['edsger', 'PASSWORD_LOCKED_OUT'],
    ['barbara', 'OK'],
    ['donald', 'EXTERNAL'],
    ['margaret', 'NO_PASSWORD'],
  ])('of %s is %s', async (name, status) => {
    const api = await managementApi();
    const { body } = await api.call('GET', person(name).path, { token: await api.workerToken('0003') });
    expect(body.status).toBe(status);
    expect(body.secondsUntilUnlock).toBe(status === 'PASSWORD_LOCKED_OUT' ? 900 : undefined);
    expect('lastChangedAt' in body).toBe(!['EXTERNAL', 'NO_PASSWORD'].includes(status));
  });
});

describe('a user changes their own password', () => {
  it('and is answered with the new state', async () => {
    const api = await managementApi();
    const answer = await change(api, 'ada', { currentPassword: person('ada').password, newPassword: nextPassword });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: 'OK', lastChangedAt: '2026-11-23T12:00:00.000Z' });
    expect(api.environment.directory.checkPassword('ada', nextPassword).kind).toBe('ok');
  });

  it('against the policy: every unmet requirement is named', async () => {
    const api = await managementApi();
    const answer = await change(api, 'ada', { currentPassword: person('ada').password, newPassword: 'Abacus' });
    expectRefusal(answer, 'INVALID_DATA', invalidData, {
      code: 'INVALID_VALUE',
      target: 'newPassword',
      message: 'New password did not satisfy password policy requirements',
      innerError: {
        unsatisfiedRequirements: ['length', 'minCharacters', 'minCharacters'],
        length: 'The provided password is shorter than the minimum required length of 8 characters',
        minCharacters:
          "The provided password did not contain enough characters from the character set '9876543210'.  The minimum number of characters from that set that must be present in user passwords is 1",
      },
    });
    expect(api.environment.directory.checkPassword('ada', person('ada').password).kind).toBe('ok');
  });

  it('with a wrong current one: told how many attempts are left, then locked out', async () => {
    const api = await managementApi();
    const wrong = () => change(api, 'ada', { currentPassword: 'wrong', newPassword: nextPassword });
    for (const attemptsRemaining of [4, 3, 2, 1, 0]) {
      expectRefusal(await wrong(), 'INVALID_DATA', invalidData, {
        code: 'INVALID_VALUE',
        target: 'currentPassword',
        message: 'The current password provided for the user is invalid',
        innerError: { attemptsRemaining },
      });
    }
    api.advance(60_000);
    expectRefusal(await wrong(), 'REQUEST_FAILED', failed, {
      code: 'PASSWORD_LOCKED_OUT',
      message: 'The password is locked out',
      innerError: { secondsUntilUnlock: 840 },
    });
  });

  it('too early, and a day later', async () => {
    const api = await managementApi();
    const attempt = () =>
      change(api, 'barbara', { currentPassword: person('barbara').password, newPassword: nextPassword });
    expectRefusal(await attempt(), 'REQUEST_FAILED', failed, {
      code: 'PASSWORD_TOO_YOUNG',
      target: 'newPassword',
      message: 'The password was changed too recently',
    });
    api.advance(dayMs);
    expect((await attempt()).status).toBe(200);
  });

  it('who is kept elsewhere', async () => {
    const api = await managementApi();
    expectRefusal(
      await change(api, 'donald', { currentPassword: 'x', newPassword: nextPassword }),
      'REQUEST_FAILED',
      failed,
    );
  });

  it('who has none: a current one is not asked for', async () => {
    const api = await managementApi();
    expect((await change(api, 'margaret', { newPassword: nextPassword })).body.status).toBe('OK');
  });

  it.each([
    ['currentPassword', { newPassword: nextPassword }],
    ['newPassword', { currentPassword: person('ada').password }],
  ])('without %s', async (target, body) => {
    const api = await managementApi();
    const message = `Validation Error : [${target} must not be empty]`;
    const detail = { code: 'INVALID_VALUE', target, message: 'must not be empty' };
    expectRefusal(await change(api, 'ada', body), 'INVALID_DATA', message, detail);
  });

  it.each(['{', '[]', '"text"'])('with a body that is no object: %s', async (body) => {
    const api = await managementApi();
    const message = 'The request could not be completed. The request was malformed or invalid.';
    expectRefusal(await change(api, 'ada', body), 'INVALID_REQUEST', message);
  });
});

describe('a password is checked', () => {
  const check = async (api: ManagementApi, name: string, password: string) => {
    const { id, path } = person(name);
    const token = await api.userToken(id, ['p1:validate:userPassword']);
    return api.call('POST', path, { token, type: vendor('check+json'), body: { password } });
  };

  it('and wrong, with the failures that remain', async () => {
    const api = await managementApi();
    expectRefusal(await check(api, 'ada', 'wrong'), 'INVALID_DATA', invalidData, {
      code: 'INVALID_VALUE',
      target: 'password',
      message: 'The provided password did not match provisioned password',
      innerError: { failuresRemaining: 4 },
    });
  });

  it.each(['margaret', 'edsger', 'donald'])('but not %s’s', async (name) => {
    const api = await managementApi();
    const answer = await check(api, name, 'anything');
    expect([answer.status, answer.body.code]).toEqual([400, 'REQUEST_FAILED']);
  });
});

describe('a worker with a role', () => {
  it('resets a password, which the user must then change', async () => {
    const api = await managementApi();
    const answer = await byWorker(api, 'PUT', 'reset+json', 'ada', { newPassword: nextPassword });
    expect([answer.status, answer.body.status]).toEqual([200, 'MUST_CHANGE_PASSWORD']);
    expect(api.environment.directory.checkPassword('ada', nextPassword).kind).toBe('mustChange');
  });

  it('sets one against the policy, or around it', async () => {
    const api = await managementApi();
    const refused = await byWorker(api, 'PUT', 'set+json', 'ada', { value: 'weak' });
    expect(refused.body.details[0]).toMatchObject({
      target: 'password',
      message: 'User password did not satisfy password policy requirements',
    });
    const set = await byWorker(api, 'PUT', 'set+json', 'ada', { value: 'weak', bypassPolicy: true, forceChange: true });
    expect(set.body.status).toBe('MUST_CHANGE_PASSWORD');
  });

  it('unsets one', async () => {
    const api = await managementApi();
    expect((await byWorker(api, 'PUT', 'setValue+json', 'ada', {})).body.status).toBe('NO_PASSWORD');
    const again = await byWorker(api, 'PUT', 'setValue+json', 'ada', { value: nextPassword });
    expect(again.body.status).toBe('OK');
  });

  it('resets to a temporary password that the policy would refuse, however the password stands', async () => {
    const api = await managementApi();
    for (const name of ['ada', 'edsger', 'barbara', 'margaret']) {
      const answer = await byWorker(api, 'PUT', 'reset+json', name, { newPassword: '{temp}' });
      expect([answer.status, answer.body.status]).toEqual([200, 'MUST_CHANGE_PASSWORD']);
      expect(api.environment.directory.checkPassword(name, '{temp}').kind).toBe('mustChange');
    }
  });

  it.each(['unlock', 'unlock+json'])('unlocks, with %s', async (action) => {
    const api = await managementApi();
    expect((await byWorker(api, 'POST', action, 'edsger')).body.status).toBe('OK');
  });

  it.each(['forceChange', 'forceChange+json'])('forces a change of the same password, with %s', async (action) => {
    const api = await managementApi();
    for (const name of ['ada', 'edsger']) {
      const answer = await byWorker(api, 'POST', action, name);
      expect([answer.status, answer.body.status]).toEqual([200, 'MUST_CHANGE_PASSWORD']);
      expect(api.environment.directory.checkPassword(name, person(name).password).kind).toBe('mustChange');
    }
    expectRefusal(await byWorker(api, 'POST', action, 'margaret'), 'REQUEST_FAILED', failed);
  });

  it.each(['reset+json', 'set+json', 'setValue+json'])(
    'cannot %s the password of who is kept elsewhere',
    async (action) => {
      const api = await managementApi();
      const answer = await byWorker(api, 'PUT', action, 'donald', {});
      expectRefusal(answer, 'REQUEST_FAILED', failed);
    },
  );

  it('cannot store a hash as if it were the password', async () => {
    const api = await managementApi();
    const answer = await byWorker(api, 'PUT', 'set+json', 'ada', { value: '{SSHA512}Zm9v' });
    expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_DATA']);
  });
});

describe('the recovery of a forgotten password', () => {
  const recover = (api: ManagementApi, name: string, recoveryCode: unknown, newPassword: unknown = nextPassword) =>
    byWorker(api, 'POST', 'recover+json', name, { recoveryCode, newPassword });
  const sentTo = async (api: ManagementApi, name: string, type = 'sendRecoveryCode') => {
    expect((await byWorker(api, 'POST', type, name)).body.status).toBe('OK');
    return api.notices().at(-1)?.replace(`recovery code for ${name}: `, '') ?? '';
  };
  const wrongCode = {
    code: 'INVALID_VALUE',
    target: 'recoveryCode',
    message: 'The recovery code is invalid or has expired',
  };

  it.each(['sendRecoveryCode', 'sendRecoveryCode+json'])(
    'tells the code of %s in the log alone, in eight characters',
    async (type) => {
      const api = await managementApi();
      const code = await sentTo(api, 'ada', type);
      expect(code).toMatch(/^[A-Z0-9]{8}$/);
      expect((await recover(api, 'ada', code.toLowerCase())).body.status).toBe('OK');
      expectRefusal(await recover(api, 'ada', code, 'Quite-Another-77'), 'INVALID_DATA', invalidData, wrongCode);
    },
  );

  it('refuses a wrong code, one of yesterday and one that a newer one took the place of', async () => {
    const api = await managementApi();
    const first = await sentTo(api, 'ada');
    const second = await sentTo(api, 'ada');
    for (const code of ['00000000', first])
      expectRefusal(await recover(api, 'ada', code), 'INVALID_DATA', invalidData, wrongCode);
    api.advance(5 * 60_000);
    expectRefusal(await recover(api, 'ada', second), 'INVALID_DATA', invalidData, wrongCode);
  });

  it('locks the password out at the fifth wrong code, which voids the right one', async () => {
    const api = await managementApi();
    const code = await sentTo(api, 'ada');
    for (let time = 0; time < 5; time += 1) await recover(api, 'ada', 'ZZZZZZZZ');
    expect((await recover(api, 'ada', code)).status).toBe(400);
    const again = await byWorker(api, 'POST', 'sendRecoveryCode', 'ada');
    expect(again.body.details[0]).toMatchObject({
      code: 'PASSWORD_LOCKED_OUT',
      innerError: { secondsUntilUnlock: 900 },
    });
  });

  it('keeps the code for another try when the new password breaks the policy', async () => {
    const api = await managementApi();
    const code = await sentTo(api, 'ada');
    const { body } = await recover(api, 'ada', code, 'short');
    expect(body.details[0]).toMatchObject({ code: 'INVALID_VALUE', target: 'newPassword' });
    expect(body.details[0].innerError.unsatisfiedRequirements).toContain('length');
    expect((await recover(api, 'ada', code)).body.status).toBe('OK');
  });

  it.each(['donald', 'kurt', 'margaret'])(
    'is not for %s: kept elsewhere, disabled, without a password',
    async (name) => {
      const api = await managementApi();
      expectRefusal(await byWorker(api, 'POST', 'sendRecoveryCode', name), 'REQUEST_FAILED', failed);
      expectRefusal(await recover(api, name, 'AAAAAAAA'), 'REQUEST_FAILED', failed);
      expect(api.notices().filter((notice) => notice.startsWith('recovery code'))).toEqual([]);
    },
  );

  it('opens no account that an administrator has locked, with a code from before either', async () => {
    const api = await managementApi();
    const code = await sentTo(api, 'ada');
    api.environment.directory.lockAccount(person('ada').id, api.environment.now() + 60_000);
    expectRefusal(await recover(api, 'ada', code), 'REQUEST_FAILED', failed);
    expectRefusal(await byWorker(api, 'POST', 'sendRecoveryCode', 'ada'), 'REQUEST_FAILED', failed);
  });

  it('asks for the code and the new password', async () => {
    const api = await managementApi();
    for (const answer of [await recover(api, 'ada', ''), await recover(api, 'ada', 'AAAAAAAA', '')])
      expect(answer.body).toMatchObject({ code: 'INVALID_DATA', details: [{ message: 'must not be empty' }] });
  });
});

it('what a worker may do with a password, a user may not', async () => {
  const api = await managementApi();
  const { id, path } = person('ada');
  const token = await api.userToken(id, ['p1:reset:userPassword', 'p1:validate:userPassword', 'p1:read:userPassword']);
  const actions = [
    ['PUT', 'set+json'],
    ['PUT', 'setValue+json'],
    ['POST', 'forceChange'],
    ['POST', 'unlock+json'],
    ['POST', 'recover+json'],
  ];
  for (const [method = '', action = ''] of actions) {
    expect((await api.call(method, path, { token, type: vendor(action), body: {} })).status).toBe(403);
  }
});
