import { describe, expect, it } from 'vitest';
import { changeableFrom, expiresAt, type PasswordState, passwordObstacle } from '../../src/pingone/password.ts';
import { narrowPasswordPolicy } from '../../src/pingone/password-policy.ts';

const now = Date.UTC(2026, 10, 23, 20);
const dayMs = 86_400_000;
const policy = narrowPasswordPolicy({ minAgeDays: 1, maxAgeDays: 182 });

function state(over: Partial<PasswordState>): PasswordState {
  return { status: 'OK', lastChangedAt: now - 30 * dayMs, policy, ...over };
}

describe('what stands in the way of a change', () => {
  it.each([
    ['nothing, with an old enough password', state({}), undefined],
    ['nothing, at the very end of the minimum age', state({ lastChangedAt: now - dayMs }), undefined],
    ['nothing, without a minimum age', state({ lastChangedAt: now, policy: narrowPasswordPolicy({}) }), undefined],
    ['nothing, without the policy', state({ lastChangedAt: now, policy: undefined }), undefined],
    ['nothing, where the change is demanded', state({ lastChangedAt: now, status: 'MUST_CHANGE_PASSWORD' }), undefined],
    ['nothing, in a state that came later', state({ status: 'constructor' }), undefined],
    ['the minimum age', state({ lastChangedAt: now - dayMs / 2 }), 'PASSWORD_TOO_YOUNG'],
    ['the lock', state({ status: 'PASSWORD_LOCKED_OUT' }), 'PASSWORD_LOCKED_OUT'],
    ['the identity provider', state({ status: 'EXTERNAL' }), 'EXTERNAL'],
    ['that there is no password', state({ status: 'NO_PASSWORD' }), 'NO_PASSWORD'],
  ])('%s', (_name, given, code) => {
    expect(passwordObstacle(given, now)?.code).toBe(code);
  });

  it('tells the minimum age as a time', () => {
    expect(passwordObstacle(state({ lastChangedAt: now - dayMs / 2 }), now)?.hint).toMatch(/from .+, in 12 hours\.$/);
  });

  it('knows from when and until when', () => {
    expect(changeableFrom(state({ lastChangedAt: now }))).toBe(now + dayMs);
    expect(expiresAt(state({ lastChangedAt: now }))).toBe(now + 182 * dayMs);
    expect(expiresAt(state({ lastChangedAt: undefined }))).toBeUndefined();
  });
});
