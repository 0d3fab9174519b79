import { describe, expect, it } from 'vitest';
import { UserPassword } from '../../../src/sandbox/directory/user-password.ts';
import { type PasswordPolicy, passwordPolicies } from '../../../src/sandbox/seed/password-policy.ts';
import type { SeedPassword } from '../../../src/sandbox/seed/users.ts';

const dayMs = 86_400_000;
const [standard] = passwordPolicies as readonly [PasswordPolicy, ...PasswordPolicy[]];
const basic = passwordPolicies.find(({ name }) => name === 'Basic') as PasswordPolicy;

/** A password whose clock the test moves. */
function passwordOf(seed: Partial<SeedPassword> | undefined, { policy = standard, external = false } = {}) {
  const clock = { at: Date.UTC(2026, 10, 23) };
  const given = seed && { value: 'Correct-Horse-7', changedDaysAgo: 30, ...seed };
  const password = new UserPassword({ policy, external, seed: given, now: () => clock.at });
  return { password, clock };
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
    expect(passwordOf(seed).password.status()).toBe(status);
  });

  it('kept elsewhere', () => {
    const { password } = passwordOf(undefined, { external: true });
    expect(password.status()).toBe('EXTERNAL');
    expect(password.verify('anything')).toEqual({ kind: 'external' });
    expect(password.change('anything', 'Correct-Horse-7', [])).toEqual({ kind: 'external' });
  });

  it('expires as time goes by', () => {
    const { password, clock } = passwordOf({ changedDaysAgo: 0 });
    clock.at += 182 * dayMs;
    expect(password.status()).toBe('PASSWORD_EXPIRED');
    expect(password.verify('Correct-Horse-7')).toEqual({ kind: 'right' });
  });
});

describe('five wrong passwords lock the user out for fifteen minutes', () => {
  it('counting down, refusing the right one too, and opening by itself', () => {
    const { password, clock } = passwordOf({});
    const attempts = [1, 2, 3, 4, 5].map(() => password.verify('wrong'));
    expect(attempts).toEqual([4, 3, 2, 1, 0].map((attemptsRemaining) => ({ kind: 'wrong', attemptsRemaining })));
    expect(password.verify('Correct-Horse-7')).toEqual({ kind: 'lockedOut', secondsUntilUnlock: 900 });
    clock.at += 899_001;
    expect(password.secondsUntilUnlock()).toBe(1);
    expect(password.status()).toBe('PASSWORD_LOCKED_OUT');
    clock.at += 999;
    expect(password.status()).toBe('OK');
    expect(password.verify('wrong')).toEqual({ kind: 'wrong', attemptsRemaining: 4 });
  });

  it('a right one in between starts the count anew', () => {
    const { password } = passwordOf({});
    for (let attempt = 0; attempt < 4; attempt++) password.verify('wrong');
    expect(password.verify('Correct-Horse-7')).toEqual({ kind: 'right' });
    expect(password.verify('wrong')).toEqual({ kind: 'wrong', attemptsRemaining: 4 });
  });

  it('attempts made while locked out do not lengthen it', () => {
    const { password, clock } = passwordOf({ lockedOut: true });
    clock.at += 600_000;
    expect(password.verify('wrong')).toEqual({ kind: 'lockedOut', secondsUntilUnlock: 300 });
    clock.at += 300_000;
    expect(password.verify('Correct-Horse-7')).toEqual({ kind: 'right' });
  });

  it('an administrator opens it before that', () => {
    const { password } = passwordOf({ lockedOut: true });
    password.unlock();
    expect(password.status()).toBe('OK');
  });

  it('without a lockout rule nothing counts', () => {
    const { lockout: _, ...lenient } = standard;
    const { password } = passwordOf({}, { policy: lenient });
    for (let attempt = 0; attempt < 9; attempt++) {
      expect(password.verify('wrong')).toEqual({ kind: 'wrong', attemptsRemaining: undefined });
    }
    expect(password.verify('Correct-Horse-7')).toEqual({ kind: 'right' });
  });
});

describe('a user changes their password', () => {
  it('and the new one is in force, the old one is not', () => {
    const { password, clock } = passwordOf({});
    expect(password.change('Correct-Horse-7', 'Battery-Staple-9', [])).toEqual({ kind: 'changed' });
    expect(password.lastChangedAt).toBe(clock.at);
    expect(password.verify('Battery-Staple-9')).toEqual({ kind: 'right' });
    expect(password.verify('Correct-Horse-7')).toMatchObject({ kind: 'wrong' });
  });

  it('not with a wrong current one, which counts towards the lockout', () => {
    const { password } = passwordOf({});
    const wrong = () => password.change('wrong', 'Battery-Staple-9', []);
    expect(wrong()).toEqual({ kind: 'wrongCurrent', attemptsRemaining: 4 });
    for (let attempt = 0; attempt < 4; attempt++) wrong();
    expect(password.change('Correct-Horse-7', 'Battery-Staple-9', [])).toEqual({
      kind: 'lockedOut',
      secondsUntilUnlock: 900,
    });
  });

  it('not twice within a day, and again after it', () => {
    const { password, clock } = passwordOf({});
    password.change('Correct-Horse-7', 'Battery-Staple-9', []);
    const again = () => password.change('Battery-Staple-9', 'Tea-Kettle-11', []);
    clock.at += dayMs - 1;
    expect(again()).toEqual({ kind: 'tooYoung' });
    clock.at += 1;
    expect(again()).toEqual({ kind: 'changed' });
  });

  it('at once when they must, which then is done', () => {
    const { password } = passwordOf({ changedDaysAgo: 0, forceChange: true });
    expect(password.change('Correct-Horse-7', 'Battery-Staple-9', [])).toEqual({ kind: 'changed' });
    expect(password.status()).toBe('OK');
  });

  it('without giving a current one when there is none', () => {
    const { password } = passwordOf(undefined);
    expect(password.change('', 'Battery-Staple-9', [])).toEqual({ kind: 'changed' });
    expect(password.status()).toBe('OK');
  });

  it('not to one of the last six, and to the seventh again', () => {
    const { password, clock } = passwordOf({});
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
    for (const [index, candidate] of past.entries()) {
      clock.at += dayMs;
      const current = past[index - 1];
      const outcome = current === undefined ? undefined : password.change(current, candidate, []);
      expect(outcome?.kind).toBe(current === undefined ? undefined : 'changed');
    }
    const refusedNames = (candidate: string) => password.unmetBy(candidate, []).map(({ name }) => name);
    expect(past.map(refusedNames)).toEqual([[], ...past.slice(1).map(() => ['history'])]);
    clock.at += 366 * dayMs;
    expect(past.map(refusedNames).filter((names) => names.length > 0)).toEqual([['history']]);
  });

  it('never to the current one, even where the policy keeps no history', () => {
    const { password } = passwordOf({}, { policy: basic });
    expect(password.change('Correct-Horse-7', 'Correct-Horse-7', [])).toMatchObject({
      kind: 'unmet',
      requirements: [{ name: 'history' }],
    });
  });
});
