import { describe, expect, it } from 'vitest';
import { ada, startTestSandbox, type TestSandbox } from '../support/sandbox.ts';
import { basic, signInForAnswer } from '../support/sandbox-client.ts';

const firstPassword = 'Difference-Engine-1822';
const secondPassword = 'Sketch-of-Menabrea-43';
const day = 86_400_000;

describe('the life of a password, in days and not in time', () => {
  it('is set, ages, is warned of, expires, is changed, is too young, is locked out, and is unlocked', async () => {
    const sandbox = await startTestSandbox();

    const set = await asWorker(sandbox, 'PUT', 'password.set', { value: firstPassword, forceChange: false });
    expect([set.status, await daysLeft(sandbox)]).toEqual(['OK', 182]);
    await sandbox.signIn('ada');

    sandbox.advance({ days: 100 });
    expect(await daysLeft(sandbox)).toBe(82);

    sandbox.advance({ days: 75 });
    expect(await daysLeft(sandbox)).toBe(7);
    await sandbox.signIn('ada');

    sandbox.advance({ days: 7 });
    expect(await state(sandbox)).toMatchObject({ status: 'PASSWORD_EXPIRED' });
    await expect(sandbox.signIn('ada')).rejects.toThrow('PASSWORD_EXPIRED');

    const answers = { username: 'ada', password: firstPassword, newPassword: secondPassword };
    expect((await signInForAnswer(sandbox, {}, answers)).get('code')).toBeTruthy();
    expect([(await state(sandbox)).status, await daysLeft(sandbox)]).toEqual(['OK', 182]);

    const own = { currentPassword: secondPassword, newPassword: firstPassword };
    sandbox.advance({ hours: 23 });
    expect(await asAda(sandbox, 'PUT', 'password.reset', own)).toMatchObject({
      details: [{ code: 'PASSWORD_TOO_YOUNG' }],
    });
    sandbox.advance({ hours: 1 });
    // Old enough now, and not the first one again.
    expect(await asAda(sandbox, 'PUT', 'password.reset', own)).toMatchObject({ details: [{ target: 'newPassword' }] });
    expect(JSON.stringify(await asAda(sandbox, 'PUT', 'password.reset', own))).not.toContain('PASSWORD_TOO_YOUNG');

    for (let attempt = 0; attempt < 5; attempt += 1) {
      await asWorker(sandbox, 'POST', 'password.check', { password: 'Not-the-Password-1' });
    }
    expect(await state(sandbox)).toMatchObject({ status: 'PASSWORD_LOCKED_OUT', secondsUntilUnlock: 900 });
    await expect(sandbox.signIn('ada')).rejects.toThrow('PASSWORD_LOCKED_OUT');

    sandbox.advance({ minutes: 15 });
    expect(await state(sandbox)).toMatchObject({ status: 'OK' });
    await sandbox.signIn('ada');
  });
});

interface PasswordState {
  readonly status: string;
  readonly lastChangedAt: string;
  readonly secondsUntilUnlock?: number;
  readonly _embedded?: { readonly passwordPolicy: { readonly maxAgeDays: number } };
}

function state(sandbox: TestSandbox): Promise<PasswordState> {
  return asWorker(sandbox, 'GET');
}

/** As a client counts them that warns: the policy's maximum, from the last change on. */
async function daysLeft(sandbox: TestSandbox): Promise<number> {
  const answer = await sandbox.fetch(sandbox.discoveryUrl);
  const now = Date.parse(answer.headers.get('date') ?? '');
  const { lastChangedAt, _embedded } = await state(sandbox);
  return Math.round((Date.parse(lastChangedAt) - now) / day) + (_embedded?.passwordPolicy.maxAgeDays ?? Number.NaN);
}

async function asAda(sandbox: TestSandbox, method: string, action: string, body: object) {
  const { access_token } = await sandbox.signIn('ada');
  return password(sandbox, access_token, method, action, body);
}

async function asWorker(sandbox: TestSandbox, method: string, action?: string, body?: object): Promise<PasswordState> {
  const worker = sandbox.applications.find(({ roles }) => roles.length > 0);
  const answer = await sandbox.fetch(`${sandbox.issuer}/token`, {
    method: 'POST',
    headers: basic(worker?.clientId ?? '', worker?.clientSecret ?? ''),
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token } = (await answer.json()) as { access_token: string };
  return password(sandbox, access_token, method, action, body) as Promise<PasswordState>;
}

async function password(sandbox: TestSandbox, token: string, method: string, action?: string, body?: object) {
  const url = `${sandbox.apiUrl}/environments/${sandbox.environmentId}/users/${ada.id}/password?expand=passwordPolicy`;
  const type = { 'content-type': `application/vnd.pingidentity.${action}+json` };
  const answer = await sandbox.fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(action ? type : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return answer.json();
}
