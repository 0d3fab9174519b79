import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { Failure } from '../../../src/errors.ts';
import { readSeed, seedInText, withUsersInText } from '../../../src/sandbox/seed/read-seed.ts';
import type { SeedFile } from '../../../src/sandbox/seed/seed-file.ts';
import { fittingSchema } from '../../../src/sandbox/seed/seed-mistakes.ts';
import { defaultSeed } from '../../../src/sandbox/seed.ts';

/** The mistakes that are told, each as it is printed. */
function told(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof Failure && error.kind === 'usage') {
      return error.details.map(({ target, message }) => (target ? `${target}: ${message}` : message));
    }
    throw error;
  }
  return [];
}

const inSeed = (given: unknown) => told(() => readSeed(given, 'The seed'));
const user = (given: object) => ({ users: [{ username: 'mary', ...given }] });
const application = (given: object) => ({ applications: [{ name: 'Shop', ...given }] });
const adasId = 'd0000000-0000-4000-8000-000000000001';

describe('a mistake in a seed', () => {
  it('is told of each of two members that are not known, with the near name of each', () => {
    expect(inSeed(user({ pasword: 'x', enabledd: true }))).toEqual([
      'users[0].pasword: is not known here. Did you mean password?',
      'users[0].enabledd: is not known here. Did you mean enabled?',
    ]);
  });

  it('is told where there are too many to tell each', () => {
    // How many that are depends on the machine's stack.
    const overflowing = z.unknown().check(() => {
      throw new RangeError('Maximum call stack size exceeded');
    });
    const mistakes = [{ path: [], message: 'has more mistakes than can be told' }];
    expect(fittingSchema(overflowing, {})).toEqual({ kind: 'misfits', mistakes });
  });

  it.each<[unknown, string]>([
    [[], 'must be an object, with a list of users as its "users"'],
    [null, 'must be an object'],
    [{ user: [] }, 'user: is not known here. Did you mean users?'],
    [
      { colour: [] },
      'colour: is not known here. Known are defaults, environment, users, applications, passwordPolicies, customResources',
    ],
    [JSON.parse('{"__proto__": {}}'), '__proto__: is not known here. Known are'],
    [{ defaults: 'no' }, 'defaults: must be true or false'],
    [{ users: {} }, 'users: must be a list'],
    [{ users: ['mary'] }, 'users[0]: must be an object'],
    [{ users: [{}] }, 'users[0].username: is missing'],
    [{ users: [{ username: ' ' }] }, 'users[0].username: must not be empty'],
    [user({ pasword: 'x' }), 'users[0].pasword: is not known here. Did you mean password?'],
    [user({ id: 'x' }), 'users[0].id: must be a UUID in lower case, such as 1f6c2d0e-'],
    [user({ id: adasId }), 'users[0].id: is taken by one that every sandbox has'],
    [user({ note: 1 }), 'users[0].note: must be a text'],
    [user({ enabled: 'yes' }), 'users[0].enabled: must be true or false'],
    [user({ attributes: { email: 'x' } }), 'users[0].attributes: email must be a well-formed email address'],
    [
      user({ attributes: { nickname: 'x'.repeat(257) } }),
      'users[0].attributes.nickname: must be 256 characters or less',
    ],
    [
      user({ attributes: { colour: 'red' } }),
      'users[0].attributes.colour: is not known here. Known are email, emailVerified',
    ],
    [
      user({ attributes: { name: { givn: 'x' } } }),
      'users[0].attributes.name.givn: is not known here. Did you mean given?',
    ],
    [user({ groups: ['x'] }), 'users[0].groups[0]: must be an object'],
    [user({ identityProvider: { id: 'x' } }), 'users[0].identityProvider.type: is missing'],
    [user({ password: 5 }), 'users[0].password: must be a text or an object'],
    [user({ password: '' }), 'users[0].password: must not be empty'],
    [user({ password: {} }), 'users[0].password.value: is missing'],
    [user({ password: { value: 'x', changedDaysAgo: -1 } }), 'users[0].password.changedDaysAgo: must be 0 or more'],
    [
      user({ password: { value: 'x', changedDaysAgo: 1e9 } }),
      'users[0].password.changedDaysAgo: must be 36500 or less',
    ],
    [
      { passwordPolicies: [{ name: 'Slow', lockout: { failureCount: 1, durationSeconds: 2 ** 31 } }] },
      'passwordPolicies[0].lockout.durationSeconds: must be 2147483647 or less',
    ],
    [
      user({ password: { value: 'x', policy: 'basic' } }),
      'users[0].password.policy: must be one of Standard, Passphrase, Basic. Did you mean Basic?',
    ],
    [{ users: [{ username: 'mary' }, { username: 'MARY' }] }, 'users[1].username: is taken by the first'],
    [
      application({ type: 'WEB' }),
      'applications[0].type: must be one of WEB_APP, NATIVE_APP, SINGLE_PAGE_APP, WORKER, SERVICE',
    ],
    [application({ grantTypes: ['authorization_code'] }), 'Did you mean AUTHORIZATION_CODE?'],
    [application({ clientId: 'a b' }), 'applications[0].clientId: must be of letters, digits and signs without blanks'],
    [application({ redirectUris: 'https://127.0.0.1/cb' }), 'applications[0].redirectUris: must be a list'],
    [
      application({ redirectUris: ['http://shop.example/cb'] }),
      'applications[0].redirectUris[0]: must begin with https://',
    ],
    [application({ redirectUris: ['/cb'] }), 'applications[0].redirectUris[0]: must be a whole address'],
    [application({ redirectUris: ['https://127.0.0.1/cb#x'] }), 'must not have a fragment'],
    [
      application({ redirectUris: ['https://127.0.0.1/*'] }),
      'must not have a wildcard (*) unless allowWildcardInRedirectUris is true',
    ],
    [
      application({ redirectUris: ['https://*.example.com/cb'], allowWildcardInRedirectUris: true }),
      'must have one wildcard (*) at most, in its path or query',
    ],
    [application({ redirectUris: ['https://127.0.0.1:99999/'] }), 'applications[0].redirectUris[0]: is no address'],
    [
      application({ postLogoutRedirectUris: ['x'] }),
      'applications[0].postLogoutRedirectUris[0]: must be a whole address',
    ],
    [application({ scopes: 'openid' }), 'applications[0].scopes: must be a list or an object'],
    [
      application({ scopes: { custom: { orders: [] } } }),
      'applications[0].scopes.custom.orders: must be one of Orders. Did you mean Orders?',
    ],
    [
      application({ scopes: { custom: { Orders: ['orders:raed'] } } }),
      'applications[0].scopes.custom.Orders[0]: must be one of orders:read, orders:write. Did you mean orders:read?',
    ],
    [
      application({ jwks: { keys: [{ kty: 'RSA' }] } }),
      'applications[0].jwks.keys[0]: must be a public key of RFC 7517',
    ],
    [
      application({ jwks: { keys: [{ kty: 'oct', k: 'x' }] } }),
      'applications[0].jwks.keys[0]: must be a public key: this one is secret',
    ],
    [application({ parTimeout: 1.5 }), 'applications[0].parTimeout: must be a whole number'],
    [{ applications: [{ name: 'A' }, { name: 'A' }] }, 'applications[1].name: is taken by the first'],
    [
      {
        applications: [
          { name: 'A', clientId: 'x' },
          { name: 'B', clientId: 'x' },
        ],
      },
      'applications[1].clientId: is taken by the first',
    ],
    [
      {
        passwordPolicies: [
          { name: 'A', default: true },
          { name: 'B', default: true },
        ],
      },
      'passwordPolicies[1].default: is true for the first as well',
    ],
    [
      { passwordPolicies: [{ name: 'Standard', default: false }] },
      'passwordPolicies: must have one whose default is true',
    ],
    [
      { passwordPolicies: [{ name: 'A', length: { min: 9, max: 8 } }] },
      'passwordPolicies[0].length: must not have a min above its max',
    ],
    [
      { passwordPolicies: [{ name: 'A', minCharacters: { '0-9': 'x' } }] },
      'passwordPolicies[0].minCharacters["0-9"]: must be a number',
    ],
    [{ environment: { region: 'eu' } }, 'environment.region: must be one of NA, CA, EU, AU, SG, AP. Did you mean EU?'],
    [{ customResources: [{ name: 'A' }, { name: 'A' }] }, 'customResources[1].name: is taken by the first'],
  ])('%j is told: %s', (given, said) => {
    expect(inSeed(given)).toEqual([expect.stringContaining(said)]);
  });

  it.each(['https://shop.example/cb', 'http://localhost:3000/cb', 'http://127.0.0.1/cb', 'com.example.shop://cb'])(
    '%s is none: PingOne registers it',
    (uri) => {
      expect(inSeed(application({ redirectUris: [uri] }))).toEqual([]);
    },
  );

  it('is told with all others, but for those that nobody reads', () => {
    const users = Array.from({ length: 30 }, () => ({}));
    expect(() => readSeed({ users }, 'The seed')).toThrow('The seed has 30 mistakes, of which these are the first 20.');
    expect(inSeed({ users })).toHaveLength(20);
  });

  it('is told with its line and column in a file', () => {
    const text = '{\n  "users": [\n    {"username": "mary", "enabled": 1}\n  ]\n}';
    expect(told(() => seedInText(text, 'seed.json'))).toEqual([
      'seed.json:3:26 users[0].enabled: must be true or false',
    ]);
    const list = '[{"username": "mary"},\n {"username": "mary"}]';
    expect(told(() => withUsersInText(defaultSeed, list, 'users.json'))).toEqual([
      'users.json:2:3 [1].username: is taken by the first',
    ]);
  });

  it.each([
    ['', 'seed.json:1:1: It is empty'],
    ['{"users": [\n  {"username": "mary"\n]}', "seed.json:3:1: Expected ',' or '}' after property value"],
    ['{"users": [],}', 'seed.json:1:14: Expected double-quoted property name'],
    ['{"users": [', 'seed.json:1:12: It ends too early'],
    ['{\n  users: []}', 'seed.json:2:3: Expected property name'],
    ['{"defaults": no}', "seed.json:1:14: Unexpected token 'o'"],
    ['{"users": [], "users": []}', 'seed.json:1:15 users: is given twice'],
    ['['.repeat(10_000), 'seed.json:1:1: It is nested too deep'],
  ])('%j is no JSON, or not one that all read alike: %s', (text, said) => {
    expect(told(() => seedInText(text, 'seed.json'))).toEqual([expect.stringContaining(said)]);
  });

  it('may be that a key is a private one: its numbers are not repeated', () => {
    const file: SeedFile = { applications: [{ name: 'A', jwks: { keys: [{ kty: 'RSA', d: 'a-private-number' }] } }] };
    expect(inSeed(file).join()).toContain('this one is secret');
    expect(inSeed(file).join()).not.toContain('a-private-number');
  });
});
