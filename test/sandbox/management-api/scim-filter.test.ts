import { describe, expect, it } from 'vitest';
import { matchesFilter, parsedFilter, pathsOf } from '../../../src/sandbox/management-api/scim-filter.ts';
import { fc } from '../../support/properties.ts';

const ada: Readonly<Record<string, readonly unknown[]>> = {
  username: ['ada'],
  enabled: [true],
  'name.given': ['Ada'],
  'memberOfGroups.id': ['g1', 'g2'],
};

function matches(text: string): boolean | undefined {
  const filter = parsedFilter(text);
  return filter && matchesFilter(filter, (path) => ada[path] ?? []);
}

describe('a filter', () => {
  it.each([
    ['username eq "ADA"', true],
    ['username EQ "grace"', false],
    ['(username eq "ada")', true],
    ['name.given sw "A" and name.given ew "a"', true],
    ['name.given co "d"', true],
    ['name.family eq "Lovelace"', false],
    ['enabled eq true', true],
    ['username eq "x" or username eq "ada" and enabled eq false', false],
    ['(username eq "x" or username eq "ada") AND enabled eq true', true],
    ['memberOfGroups[id eq "g2"] OR username eq "x"', true],
    ['(memberOfGroups[id eq "g3"])', false],
    ['username eq "a\\"da"', false],
  ])('%s is read: %s', (text, expected) => {
    expect(matches(text)).toBe(expected);
  });

  it.each([
    ...['', 'username', 'username eq', 'username eq ada', 'username eq null', 'username is "ada"', 'eq "ada"'],
    ...['(username eq "ada"', 'username eq "ada")', 'username eq "ada" and', 'username eq "ada" username eq "x"'],
    ...['username eq "ada', 'username eq {}', 'a b[id eq "x"]', 'memberOfGroups[id eq "x"', '1x eq "x"'],
    `${'('.repeat(50)}username eq "ada"${')'.repeat(50)}`,
  ])('%s is none', (text) => {
    expect(matches(text)).toBeUndefined();
  });

  it('names what it asks about', () => {
    const filter = parsedFilter('a eq "1" or (b.c sw "2" and d[e eq 3])');
    expect(filter && pathsOf(filter)).toEqual(['a', 'b.c', 'd.e']);
  });

  it('may be any text: it is read or not, and never thrown over', () => {
    const piece = fc.constantFrom('(', ')', '[', ']', '"', '\\', ' ', 'username', 'eq', 'and', 'or', '"ada"', 'é');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        matches(pieces.join(''));
      }),
    );
  });
});
