import { describe, expect, it } from 'vitest';
import { createDirectory, type PasswordVerdict, profileTexts } from '../../src/sandbox/directory.ts';
import { defaultSeed } from '../../src/sandbox/seed.ts';

const passwordOf = (username: string) =>
  defaultSeed.users.find((user) => user.username === username)?.password?.value ?? 'anything';

describe('a seeded user who signs on is', () => {
  it.each<[string, PasswordVerdict['kind']]>([
    ['ada', 'ok'],
    ['grace', 'mustChange'],
    ['alan', 'expired'],
    ['edsger', 'lockedOut'],
    ['barbara', 'ok'],
    ['donald', 'external'],
    ['margaret', 'noPassword'],
    ['kurt', 'disabled'],
    ['zoë@例え.jp', 'ok'],
    ['nobody', 'invalid'],
  ])('%s: %s', (username, kind) => {
    const directory = createDirectory(defaultSeed, () => 0);
    expect(directory.checkPassword(username, passwordOf(username)).kind).toBe(kind);
  });

  it('found whatever the case of the name, and blanks around it', () => {
    const directory = createDirectory(defaultSeed, () => 0);
    expect(directory.checkPassword(' ADA ', passwordOf('ada')).kind).toBe('ok');
  });

  it('told nothing about the account for a wrong password', () => {
    const directory = createDirectory(defaultSeed, () => 0);
    for (const username of ['ada', 'grace', 'alan', 'kurt']) {
      expect(directory.checkPassword(username, 'wrong')).toEqual({ kind: 'invalid' });
    }
  });

  it('locked out for fifteen minutes after five wrong passwords', () => {
    const clock = { at: 0 };
    const directory = createDirectory(defaultSeed, () => clock.at);
    for (let attempt = 0; attempt < 5; attempt++) directory.checkPassword('ada', 'wrong');
    const right = () => directory.checkPassword('ada', passwordOf('ada'));
    expect(right()).toEqual({ kind: 'lockedOut', secondsUntilUnlock: 900 });
    clock.at += 900_000;
    expect(right().kind).toBe('ok');
  });
});

it('a user who changes an expired password is in order again', () => {
  const directory = createDirectory(defaultSeed, () => 0);
  const alan = directory.findByUsername('alan');
  expect(directory.changePassword(alan?.id ?? '', passwordOf('alan'), 'Colossus-Tape-44')).toEqual({ kind: 'changed' });
  expect(directory.checkPassword('alan', 'Colossus-Tape-44').kind).toBe('ok');
});

it('two directories of one seed know nothing of each other', () => {
  const [one, other] = [createDirectory(defaultSeed, () => 0), createDirectory(defaultSeed, () => 0)];
  const id = one.findByUsername('ada')?.id ?? '';
  one.changePassword(id, passwordOf('ada'), 'Difference-Engine-22');
  one.update(id, { attributes: {} });
  one.remove(one.findByUsername('kurt')?.id ?? '');
  expect(other.checkPassword('ada', passwordOf('ada')).kind).toBe('ok');
  expect(other.find(id)?.attributes.email).toBe('ada@example.com');
  expect(other.findByUsername('kurt')).toBeDefined();
});

it('the profile’s values are all its texts, those inside of others too', () => {
  const ada = createDirectory(defaultSeed, () => 0).findByUsername('ada');
  expect(ada && profileTexts(ada)).toEqual(expect.arrayContaining(['ada', 'ada@example.com', 'Lovelace', 'London']));
});
