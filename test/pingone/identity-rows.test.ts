import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { claimRows, identityRows } from '../../src/commands/whoami.ts';
import { safeText } from '../../src/output/safe-text.ts';

describe('claims and user record', () => {
  it('of any content come out as text that no terminal obeys', () => {
    const names = fc.constantFrom(
      'sub',
      'name',
      'email',
      'updated_at',
      'auth_time',
      'address',
      'exp',
      '__proto__',
      'x\u001b',
    );
    const claims = fc.dictionary(fc.oneof(names, fc.string({ unit: 'binary' })), fc.jsonValue());
    const attributes = fc.dictionary(
      fc.constantFrom('username', 'createdAt', 'name.given'),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(claims, claims, attributes, (idToken, userinfo, known) => {
        const user = { id: 'u', attributes: known, record: {} };
        const rows = [...identityRows({ ...idToken, ...userinfo }, user), ...claimRows(idToken, userinfo)];
        for (const cell of rows.flat()) expect(safeText(cell)).toBe(cell);
      }),
    );
  });

  it('tell times as times, and odd ones as they are', () => {
    const rows = identityRows({ auth_time: 1_795_467_818, updated_at: 1e300 }, undefined);
    expect(rows).toEqual([
      ['Last sign-on', expect.stringMatching(/Nov 2026, /), ''],
      ['Updated', '1e+300', ''],
    ]);
  });

  it('leave out what neither side knows', () => {
    expect(identityRows({}, undefined)).toEqual([]);
  });
});
