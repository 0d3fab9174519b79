import { describe, expect, it } from 'vitest';
import { Credential } from '../../../src/sandbox/directory/credential.ts';
import { type PasswordPolicy, passwordPolicies } from '../../../src/sandbox/seed/password-policy.ts';
import type { SeedPassword } from '../../../src/sandbox/seed/users.ts';

const dayMs = 86_400_000;
const [standard] = passwordPolicies as readonly [PasswordPolicy, ...PasswordPolicy[]];
const basic = passwordPolicies.find(({ name }) => name === 'Basic') as PasswordPolicy;

/** A credential whose clock the test moves. */
function credentialOf(seed: Partial<SeedPassword> | undefined, { policy = standard, external = false } = {}) {
  const clock = { at: Date.UTC(2026, 10, 23) };
  const password = seed && { value: 'Correct-Horse-7', changedDaysAgo: 30, ...seed };
  const credential = new Credential({ policy, external, seed: password, now: () => clock.at });
  return { credential, clock };
}

describe('a password has the state that PingOne names', () => {
  it.each<[string, Partial<SeedPassword> | undefined, string]>([
    ['ordinary', {}, 'OK'],
    ['to be changed', { forceChange: true }, 'MUST_CHANGE_PASSWORD'],
    ['older than maxAgeDays', { changedDaysAgo: 182 }, 'PASSWORD_EXPIRED'],
    ['a day younger than that', { changedDaysAgo: 181 }, 'OK'],
    ['locked', { lockedOut: true }, 'PASSWORD_LOCKED_OUT'],
    ['none', undefined, 'NO_PASSWORD'],
  ])('%s', (_, seed, status) => {
    expect(credentialOf(seed).credential.status()).toBe(status);
  });

  it('kept elsewhere', () => {
    const { credential } = credentialOf(undefined, { external: true });
    expect(credential.status()).toBe('EXTERNAL');
    expect(credential.verify('anything')).toEqual({ kind: 'external' });
    expect(credential.change('anything', 'Correct-Horse-7', [])).toEqual({ kind: 'external' });
  });

  it('expires as time goes by', () => {
    const { credential, clock } = credentialOf({ changedDaysAgo: 0 });
    clock.at += 182 * dayMs;
    expect(credential.status()).toBe('PASSWORD_EXPIRED');
    expect(credential.verify('Correct-Horse-7')).toEqual({ kind: 'right' });
  });
});

describe('five wrong passwords lock the user out for fifteen minutes', () => {
  it('counting down, refusing the right one too, and opening by itself', () => {
    const { credential, clock } = credentialOf({});
    const attempts = [1, 2, 3, 4, 5].map(() => credential.verify('wrong'));
    expect(attempts).toEqual([4, 3, 2, 1, 0].map((attemptsRemaining) => ({ kind: 'wrong', attemptsRemaining })));
    expect(credential.verify('Correct-Horse-7')).toEqual({ kind: 'lockedOut', secondsUntilUnlock: 900 });
    clock.at += 899_001;
    expect(credential.secondsUntilUnlock()).toBe(1);
    expect(credential.status()).toBe('PASSWORD_LOCKED_OUT');
    clock.at += 999;
    expect(credential.status()).toBe('OK');
    expect(credential.verify('wrong')).toEqual({ kind: 'wrong', attemptsRemaining: 4 });
  });

  it('a right one in between starts the count anew', () => {
    const { credential } = credentialOf({});
    for (let attempt = 0; attempt < 4; attempt++) credential.verify('wrong');
    expect(credential.verify('Correct-Horse-7')).toEqual({ kind: 'right' });
    expect(credential.verify('wrong')).toEqual({ kind: 'wrong', attemptsRemaining: 4 });
  });

  it('attempts made while locked out do not lengthen it', () => {
    const { credential, clock } = credentialOf({ lockedOut: true });
    clock.at += 600_000;
    expect(credential.verify('wrong')).toEqual({ kind: 'lockedOut', secondsUntilUnlock: 300 });
    clock.at += 300_000;
    expect(credential.verify('Correct-Horse-7')).toEqual({ kind: 'right' });
  });

  it('an administrator opens it before that', () => {
    const { credential } = credentialOf({ lockedOut: true });
    credential.unlock();
    expect(credential.status()).toBe('OK');
  });

  it('without a lockout rule nothing counts', () => {
    const { lockout: _, ...lenient } = standard;
    const { credential } = credentialOf({}, { policy: lenient });
    for (let attempt = 0; attempt < 9; attempt++) {
      expect(credential.verify('wrong')).toEqual({ kind: 'wrong', attemptsRemaining: undefined });
    }
    expect(credential.verify('Correct-Horse-7')).toEqual({ kind: 'right' });
  });
});

describe('a user changes their password', () => {
  it('and the new one is in force, the old one is not', () => {
    const { credential, clock } = credentialOf({});
    expect(credential.change('Correct-Horse-7', 'Battery-Staple-9', [])).toEqual({ kind: 'changed' });
    expect(credential.lastChangedAt).toBe(clock.at);
    expect(credential.verify('Battery-Staple-9')).toEqual({ kind: 'right' });
    expect(credential.verify('Correct-Horse-7')).toMatchObject({ kind: 'wrong' });
  });

  it('not with a wrong current one, which counts towards the lockout', () => {
    const { credential } = credentialOf({});
    const wrong = () => credential.change('wrong', 'Battery-Staple-9', []);
    expect(wrong()).toEqual({ kind: 'wrongCurrent', attemptsRemaining: 4 });
    for (let attempt = 0; attempt < 4; attempt++) wrong();
    expect(credential.change('Correct-Horse-7', 'Battery-Staple-9', [])).toEqual({
      kind: 'lockedOut',
      secondsUntilUnlock: 900,
    });
  });

  it('not twice within a day, and again after it', () => {
    const { credential, clock } = credentialOf({});
    credential.change('Correct-Horse-7', 'Battery-Staple-9', []);
    const again = () => credential.change('Battery-Staple-9', 'Tea-Kettle-11', []);
    clock.at += dayMs - 1;
    expect(again()).toEqual({ kind: 'tooYoung' });
    clock.at += 1;
    expect(again()).toEqual({ kind: 'changed' });
  });

  it('at once when they must, which then is done', () => {
    const { credential } = credentialOf({ changedDaysAgo: 0, forceChange: true });
    expect(credential.change('Correct-Horse-7', 'Battery-Staple-9', [])).toEqual({ kind: 'changed' });
    expect(credential.status()).toBe('OK');
  });

  it('without giving a current one when there is none', () => {
    const { credential } = credentialOf(undefined);
    expect(credential.change('', 'Battery-Staple-9', [])).toEqual({ kind: 'changed' });
    expect(credential.status()).toBe('OK');
  });

  it('not to one of the last six, and to the seventh again', () => {
    const { credential, clock } = credentialOf({});
    const past = [
      'Correct-Horse-7',
      'Aardvark-Song-1',
      'Bumblebee-Hat-2',
      'Crocodile-Pie-3',
      'Dragonfly-Tea-4',
      'Elephant-Ink-5',
      'Flamingo-Oil-6',
      'Gorilla-Axe-77',
    ];
    for (const [index, password] of past.entries()) {
      clock.at += dayMs;
      const current = past[index - 1];
      const outcome = current === undefined ? undefined : credential.change(current, password, []);
      expect(outcome?.kind).toBe(current === undefined ? undefined : 'changed');
    }
    const refusedNames = (password: string) => credential.unmetBy(password, []).map(({ name }) => name);
    expect(past.map(refusedNames)).toEqual([[], ...past.slice(1).map(() => ['history'])]);
    clock.at += 366 * dayMs;
    expect(past.map(refusedNames).filter((names) => names.length > 0)).toEqual([['history']]);
  });

  it('never to the current one, even where the policy keeps no history', () => {
    const { credential } = credentialOf({}, { policy: basic });
    expect(credential.change('Correct-Horse-7', 'Correct-Horse-7', [])).toMatchObject({
      kind: 'unmet',
      requirements: [{ name: 'history' }],
    });
  });
});
