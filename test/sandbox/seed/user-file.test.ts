import { describe, expect, it } from 'vitest';
import { createDirectory } from '../../../src/sandbox/directory.ts';
import { withUsers } from '../../../src/sandbox/seed/user-file.ts';
import { defaultSeed } from '../../../src/sandbox/seed.ts';

const withFile = (json: unknown) => withUsers(defaultSeed, typeof json === 'string' ? json : JSON.stringify(json));
const named = (json: unknown, username: string) => withFile(json).users.filter((user) => user.username === username);

describe('a file of users', () => {
  it('adds those it names to the seeded ones', () => {
    const { users } = withFile([{ username: 'mary', password: 'Steam-Engine-1842' }]);
    expect(users).toHaveLength(defaultSeed.users.length + 1);
    expect(users.at(-1)).toMatchObject({
      username: 'mary',
      password: { value: 'Steam-Engine-1842', changedDaysAgo: 30 },
    });
  });

  it('replaces a seeded one of the same name, who keeps their ID', () => {
    const ada = defaultSeed.users.find(({ username }) => username === 'ada');
    expect(named([{ username: 'ada', password: 'Other-Engine-1' }], 'ada')).toMatchObject([
      { id: ada?.id, password: { value: 'Other-Engine-1' }, attributes: {} },
    ]);
  });

  it('takes all that a seeded user has', () => {
    const mary = {
      username: 'mary',
      id: 'd0000000-0000-4000-8002-000000000001',
      note: 'mine',
      enabled: false,
      attributes: { email: 'mary@example.com', emailVerified: true, name: { given: 'Mary' } },
      groups: [{ id: '1', name: 'Authors' }],
      password: { value: 'Steam-Engine-1842', changedDaysAgo: 0, forceChange: true, lockedOut: true, policy: 'Basic' },
    };
    const { password, ...others } = mary;
    const { policy: _, ...kept } = password;
    const policyId = 'f0000000-0000-4000-8000-000000000003';
    expect(named([mary], 'mary')).toEqual([{ ...others, password: { ...kept, policyId } }]);
  });

  it('takes a user of an outside provider', () => {
    const [paul] = named([{ username: 'paul', identityProvider: { id: 'x', type: 'SAML' } }], 'paul');
    expect(paul?.identityProvider).toEqual({ id: 'x', type: 'SAML' });
  });

  it('gives a directory in which they sign in', () => {
    const directory = createDirectory(withFile([{ username: 'Mary', password: 'Steam-Engine-1842' }]), () => 0);
    expect(directory.checkPassword('mary', 'Steam-Engine-1842').kind).toBe('ok');
  });

  it.each<[unknown, string]>([
    ['[', 'it is not JSON'],
    [{}, 'it is not a list'],
    [['mary'], 'user 1 is not an object'],
    [[{ password: 'x' }], 'user 1 has no username'],
    [[{ username: ' ' }], 'user 1 has no username'],
    [[{ username: 'mary', pasword: 'x' }], '"mary": "pasword" is not known'],
    [[{ username: 'mary', id: 'x' }], '"mary": id is not a UUID'],
    [[{ username: 'mary', note: 1 }], '"mary": note is not a text'],
    [[{ username: 'mary', enabled: 'yes' }], '"mary": enabled must be true or false'],
    [[{ username: 'mary', attributes: 1 }], '"mary": attributes is not an object'],
    [[{ username: 'mary', attributes: { email: 'x' } }], '"mary": email must be a well-formed email address'],
    [[{ username: 'mary', attributes: { colour: 'red' } }], '"mary": colour is not a known attribute'],
    [[{ username: 'mary', attributes: { emailVerified: 1 } }], '"mary": emailVerified must be true or false'],
    [[{ username: 'mary', groups: ['x'] }], '"mary": groups must be a list of {id, name}'],
    [[{ username: 'mary', identityProvider: 'x' }], '"mary": identityProvider must be {id, type}'],
    [[{ username: 'mary', password: 5 }], '"mary": password must be a text or an object'],
    [[{ username: 'mary', password: {} }], '"mary": password.value is not a text'],
    [[{ username: 'mary', password: { value: 'x', age: 1 } }], '"mary": "age" of password is not known'],
    [
      [{ username: 'mary', password: { value: 'x', changedDaysAgo: -1 } }],
      'password.changedDaysAgo is not a number of days',
    ],
    [[{ username: 'mary', password: { value: 'x', forceChange: 1 } }], 'password.forceChange must be true or false'],
    [[{ username: 'mary', password: { value: 'x', lockedOut: 1 } }], 'password.lockedOut must be true or false'],
    [[{ username: 'mary', password: { value: 'x', policy: 'None' } }], 'must be one of Standard, Passphrase, Basic'],
    [[{ username: 'mary' }, { username: 'MARY' }], 'two users have the same user name'],
    [[{ username: 'mary', id: 'd0000000-0000-4000-8000-000000000001' }], 'two users have the same id'],
  ])('%j is refused: %s', (json, why) => {
    expect(() => withFile(json)).toThrow(
      expect.objectContaining({ kind: 'usage', message: expect.stringContaining(why) }),
    );
  });
});
