import type { Fact, FactRequest } from './fact.ts';
import { asked } from './pingone.ts';
import { isoTime, membersInOrder, uuid } from './shape.ts';

// docs/pingone.md, sections 7.1 and 8: user records, how they are made, found, changed and deleted.

const url = (path: string) => ({ href: `{P}${path}` });
const password = url('/users/{ada}/password');
const person = { username: 'new.person', email: 'new.person@example.com', population: { id: '{population}' } };
const create: FactRequest = { to: '{P}/users', as: 'worker', json: person };
const created = asked(create, { created: 'id' });
const filter = (text: string): FactRequest => ({ to: `{P}/users?filter=${encodeURIComponent(text)}`, as: 'worker' });
const found =
  (...names: readonly string[]) =>
  (users: unknown) =>
    Array.isArray(users) &&
    users
      .map(({ username }) => username)
      .sort()
      .join() === [...names].sort().join();

const environment: readonly Fact[] = [
  {
    section: '1',
    certainty: 'C',
    says: 'The ID of a resource is a UUID in lower case',
    request: { to: '{P}', as: 'worker' },
    expect: { status: 200, body: { id: uuid } },
  },
  {
    section: '8',
    certainty: 'C',
    says: 'The environment record has `createdAt` and `updatedAt`',
    request: { to: '{P}', as: 'worker' },
    expect: {
      status: 200,
      body: {
        id: '{environment}',
        createdAt: isoTime,
        updatedAt: isoTime,
        organization: { id: '{organization}' },
        region: 'NA',
        type: String,
        name: String,
      },
    },
  },
];

const record: readonly Fact[] = [
  {
    section: '7.1',
    certainty: 'C',
    says: 'A user record has its links; all of `password.*` have one address, `account.sendVerificationCode` the user’s own',
    request: { to: '{P}/users/{ada}', as: 'ada' },
    expect: {
      status: 200,
      body: {
        _links: {
          self: url('/users/{ada}'),
          environment: url(''),
          population: url('/populations/{population}'),
          devices: url('/users/{ada}/devices'),
          roleAssignments: url('/users/{ada}/roleAssignments'),
          password,
          'password.set': password,
          'password.reset': password,
          'password.check': password,
          'password.recover': password,
          'account.sendVerificationCode': url('/users/{ada}'),
          linkedAccounts: url('/users/{ada}/linkedAccounts'),
        },
      },
    },
  },
  {
    section: '7.1',
    certainty: 'C',
    says: 'A user record embeds the password’s status, environment, user, policy and last change',
    request: { to: '{P}/users/{ada}', as: 'ada' },
    expect: {
      status: 200,
      body: {
        _embedded: {
          password: {
            status: 'OK',
            environment: { id: '{environment}' },
            user: { id: '{ada}' },
            passwordPolicy: { id: uuid },
            lastChangedAt: isoTime,
          },
        },
      },
    },
  },
  {
    section: '7.1',
    certainty: 'C',
    says: 'For a user of an outside provider the password is not embedded; `identityProvider` has its ID',
    request: { to: '{P}/users/{donald}', as: 'worker' },
    expect: { status: 200, body: { _embedded: undefined, identityProvider: { id: uuid, type: String } } },
  },
  {
    section: '7.1',
    certainty: 'C',
    says: 'A user record has no members but the recorded ones, in the recorded order: but for the first four, that of their names',
    request: { to: '{P}/users/{ada}', as: 'ada' },
    expect: {
      status: 200,
      body: membersInOrder(
        ...['_links', '_embedded', 'id', 'environment'],
        ...['account', 'address', 'createdAt', 'email', 'emailVerified', 'enabled', 'identityProvider', 'lastSignOn'],
        ...['lifecycle', 'locale', 'mfaEnabled', 'mobilePhone', 'name', 'nickname', 'population', 'preferredLanguage'],
        ...['primaryPhone', 'timezone', 'title', 'updatedAt', 'username', 'verifyStatus'],
      ),
    },
  },
  {
    section: '7.1',
    certainty: 'C',
    says: 'A user record has the recorded members; unset ones are absent, not null',
    request: { to: '{P}/users/{ada}', as: 'ada' },
    expect: {
      status: 200,
      body: {
        id: '{ada}',
        environment: { id: '{environment}' },
        account: { canAuthenticate: true, status: 'OK', lockedAt: undefined },
        createdAt: isoTime,
        updatedAt: isoTime,
        email: 'ada@example.com',
        emailVerified: true,
        enabled: true,
        identityProvider: { type: 'PING_ONE' },
        lastSignOn: { at: isoTime, remoteIp: String },
        lifecycle: { status: 'ACCOUNT_OK' },
        mfaEnabled: false,
        name: { given: 'Ada', family: 'Lovelace' },
        population: { id: '{population}' },
        username: 'ada',
        verifyStatus: 'NOT_INITIATED',
        externalId: undefined,
      },
    },
  },
  {
    section: '7.1',
    certainty: 'C',
    says: 'A locked account has `status` LOCKED, `lockedAt`, `secondsUntilUnlock`, `unlockAt`',
    request: { to: '{P}/users/{edsger}', as: 'worker' },
    expect: {
      status: 200,
      body: {
        account: {
          canAuthenticate: false,
          status: 'LOCKED',
          lockedAt: isoTime,
          secondsUntilUnlock: Number,
          unlockAt: isoTime,
        },
      },
    },
  },
  {
    section: '7.3',
    certainty: 'C',
    says: '`account.lock+json` without a body locks until it is unlocked: LOCKED, without `unlockAt` and `secondsUntilUnlock`',
    request: {
      to: '{P}/users/{ada}',
      as: 'worker',
      json: null,
      headers: { 'content-type': 'application/vnd.pingidentity.account.lock+json' },
    },
    expect: {
      status: 200,
      body: {
        account: { canAuthenticate: false, status: 'LOCKED', unlockAt: undefined, secondsUntilUnlock: undefined },
      },
    },
  },
  {
    section: '7.1',
    certainty: 'C',
    says: '`include=memberOfGroupIDs,memberOfGroupNames` adds the groups',
    request: { to: '{P}/users/{ada}?include=memberOfGroupIDs,memberOfGroupNames', as: 'worker' },
    expect: { status: 200, body: { memberOfGroupIDs: [uuid], memberOfGroupNames: ['Mathematicians'] } },
  },
  ...(['devices', 'roleAssignments', 'linkedAccounts'] as const).map(
    (link): Fact => ({
      section: '7.1',
      certainty: 'C',
      says: `The link \`${link}\` of a user leads to a collection`,
      request: { to: `{P}/users/{ada}/${link}`, as: 'worker' },
      expect: { status: 200, body: { _embedded: Object, count: Number, size: Number } },
    }),
  ),
  {
    section: '7.1',
    certainty: 'C',
    says: 'The link `population` of a user leads to it',
    request: { to: '{P}/populations/{population}', as: 'worker' },
    expect: { status: 200, body: { id: '{population}', name: String } },
  },
];

const changes: readonly Fact[] = [
  {
    section: '8',
    certainty: 'C',
    says: 'A user is created: 201, with `Location` and the record',
    request: create,
    expect: {
      status: 201,
      headers: { location: /^{P}\/users\/[\da-f-]{36}$/ },
      body: {
        id: uuid,
        username: 'new.person',
        email: 'new.person@example.com',
        population: { id: '{population}' },
        enabled: true,
      },
    },
  },
  ...['enabled', 'mfaEnabled'].map(
    (name): Fact => ({
      section: '7.1',
      certainty: 'C',
      says: `\`${name}\` of a user has an address of its own, with \`_links\`, itself and nothing else`,
      request: { to: `{P}/users/{ada}/${name}`, as: 'worker' },
      expect: { status: 200, body: membersInOrder('_links', name) },
    }),
  ),
  {
    section: '7.1',
    certainty: 'C3',
    says: 'A user whose address was never verified has no `emailVerified`',
    request: create,
    expect: { status: 201, body: { email: 'new.person@example.com', emailVerified: undefined } },
  },
  {
    section: '7.4',
    certainty: 'C',
    says: 'A new user’s password that violates the policy: INVALID_DATA, target `password`, `User password did not satisfy password policy requirements`',
    request: {
      ...create,
      headers: { 'content-type': 'application/vnd.pingidentity.user.import+json' },
      json: { ...person, password: { value: 'short' } },
    },
    expect: {
      status: 400,
      body: {
        code: 'INVALID_DATA',
        details: [
          {
            code: 'INVALID_VALUE',
            target: 'password',
            message: 'User password did not satisfy password policy requirements',
            innerError: { unsatisfiedRequirements: Array.isArray },
          },
        ],
      },
    },
  },
  {
    section: '8',
    certainty: 'C',
    says: 'A user name that is taken: 400 INVALID_DATA, detail UNIQUENESS_VIOLATION, `is unique but a non-unique value is provided`',
    request: { ...create, json: { ...person, username: 'ada' } },
    expect: {
      status: 400,
      body: {
        code: 'INVALID_DATA',
        details: [
          { code: 'UNIQUENESS_VIOLATION', target: 'username', message: /is unique but a non-unique value is provided/ },
        ],
      },
    },
  },
  ...(['PATCH', 'PUT'] as const).map(
    (method): Fact => ({
      section: '8',
      certainty: 'C',
      says: `A user is changed by ${method}: 200 with the record`,
      before: created,
      request: { to: '{P}/users/{created}', method, as: 'worker', json: { ...person, nickname: 'N' } },
      expect: { status: 200, body: { id: '{created}', nickname: 'N', username: 'new.person' } },
    }),
  ),
  {
    section: '8',
    certainty: 'C',
    says: 'A user is deleted: 204',
    before: created,
    request: { to: '{P}/users/{created}', method: 'DELETE', as: 'worker' },
    expect: { status: 204, text: '' },
  },
  {
    section: '8',
    certainty: 'C',
    says: 'A collection has `count` and `size`, and its items below `_embedded`',
    request: { to: '{P}/users', as: 'worker' },
    expect: {
      status: 200,
      body: { _links: { self: { href: String } }, _embedded: { users: Array.isArray }, count: Number, size: Number },
    },
  },
  {
    section: '8',
    certainty: 'C',
    says: '`limit` gives the first so many, and `_links.next` leads to the others',
    request: { to: '{P}/users?limit=2', as: 'worker' },
    expect: {
      status: 200,
      body: {
        size: 2,
        _embedded: { users: (users: unknown) => Array.isArray(users) && users.length === 2 },
        _links: { next: { href: /^{P}\/users\?.*cursor=/ } },
      },
    },
  },
  {
    section: '13',
    certainty: 'C3',
    says: 'Users are found by `username eq`',
    request: filter('username eq "ada"'),
    expect: { status: 200, body: { _embedded: { users: found('ada') }, size: 1 } },
  },
  {
    section: '13',
    certainty: 'C3',
    says: 'Users are found by `email eq`',
    request: filter('email eq "grace@example.com"'),
    expect: { status: 200, body: { _embedded: { users: found('grace') } } },
  },
  {
    section: '8',
    certainty: 'C',
    says: 'An email address that is none: `Validation Error : [email must be a well-formed email address]`, detail INVALID_VALUE',
    request: { to: '{P}/users/{ada}', method: 'PATCH', as: 'worker', json: { email: 'none' } },
    expect: {
      status: 400,
      body: {
        code: 'INVALID_DATA',
        message: 'Validation Error : [email must be a well-formed email address]',
        details: [{ code: 'INVALID_VALUE', target: 'email' }],
      },
    },
  },
];

export const userFacts: readonly Fact[] = [...environment, ...record, ...changes];
