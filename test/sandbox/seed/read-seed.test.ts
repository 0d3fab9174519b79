import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/errors.ts';
import { createDirectory } from '../../../src/sandbox/directory.ts';
import { readSeed, seedInText, withUsersInText } from '../../../src/sandbox/seed/read-seed.ts';
import type { SeedFile } from '../../../src/sandbox/seed/seed-file.ts';
import { withServiceKey } from '../../../src/sandbox/seed/service-key.ts';
import { defaultSeed, type Seed } from '../../../src/sandbox/seed.ts';
import { fc, outsideText } from '../../support/properties.ts';
import { seedFileOf } from '../../support/seed-files.ts';

const seeded = (file: SeedFile) => readSeed(file, 'The seed');
const userNamed = (username: string, { users }: Seed) => users.filter((user) => user.username === username);
const applicationNamed = (name: string, { applications }: Seed) => applications.find((one) => one.name === name);

describe('a seed', () => {
  it('of nothing is what every sandbox starts with', () => {
    expect(seeded({})).toEqual(defaultSeed);
  });

  it('adds a user of whom a name and a password are given, who can sign in', () => {
    const seed = seeded({ users: [{ username: 'Mary', password: 'Steam-Engine-1842' }] });
    expect(seed.users).toHaveLength(defaultSeed.users.length + 1);
    expect(createDirectory(seed, () => 0).checkPassword('mary', 'Steam-Engine-1842').kind).toBe('ok');
  });

  it('replaces a user of the same name, who keeps their ID', () => {
    const ada = defaultSeed.users.find(({ username }) => username === 'ada');
    expect(userNamed('ada', seeded({ users: [{ username: 'ada', password: 'Other-Engine-1' }] }))).toMatchObject([
      { id: ada?.id, password: { value: 'Other-Engine-1', changedDaysAgo: 30 }, attributes: {} },
    ]);
  });

  it('finds a free ID for a user behind twenty thousand that have been given', () => {
    const idAt = (place: number) => `d0000000-0000-4000-8001-${String(place).padStart(12, '0')}`;
    const others = Array.from({ length: 20_000 }, (_, index) => ({ username: `user ${index}`, id: idAt(index + 1) }));
    expect(userNamed('mary', seeded({ users: [{ username: 'mary' }, ...others] }))).toMatchObject([
      { id: idAt(20_001) },
    ]);
  });

  it('takes a user of an outside provider', () => {
    const [paul] = userNamed(
      'paul',
      seeded({ users: [{ username: 'paul', identityProvider: { id: 'x', type: 'SAML' } }] }),
    );
    expect(paul?.identityProvider).toEqual({ id: 'x', type: 'SAML' });
  });

  it('makes a web application of a name and a redirect URI', () => {
    const shop = applicationNamed(
      'Shop',
      seeded({ applications: [{ name: 'Shop', redirectUris: ['http://localhost/cb'] }] }),
    );
    expect(shop).toMatchObject({
      type: 'WEB_APP',
      enabled: true,
      grantTypes: ['AUTHORIZATION_CODE'],
      responseTypes: ['CODE'],
      tokenEndpointAuthMethod: 'CLIENT_SECRET_BASIC',
      pkceEnforcement: 'OPTIONAL',
      redirectUris: ['http://localhost/cb'],
    });
    expect(shop?.clientId).toBe(shop?.id);
    // As long as PingOne's, and that of HS512 (RFC 7518, section 3.2).
    expect(shop?.clientSecret).toHaveLength(64);
  });

  it('gives an application the same secret at each start, and each another', () => {
    const secrets = () =>
      seeded({ applications: [{ name: 'One' }, { name: 'Two' }] })
        .applications.slice(-2)
        .map((application) => application.clientSecret);
    expect(secrets()).toEqual(secrets());
    expect(new Set(secrets()).size).toBe(2);
  });

  it.each<[string, Omit<NonNullable<SeedFile['applications']>[number], 'name'>, object]>([
    [
      'a native one is public, with PKCE',
      { type: 'NATIVE_APP' },
      { tokenEndpointAuthMethod: 'NONE', pkceEnforcement: 'S256_REQUIRED' },
    ],
    [
      'one in the browser as well',
      { type: 'SINGLE_PAGE_APP' },
      { tokenEndpointAuthMethod: 'NONE', pkceEnforcement: 'S256_REQUIRED' },
    ],
    [
      'a worker has a role',
      { type: 'WORKER' },
      { grantTypes: ['CLIENT_CREDENTIALS'], roles: ['Identity Data Admin'], responseTypes: [] },
    ],
    ['a worker may have none', { type: 'WORKER', roles: [] }, { roles: [] }],
    [
      'a secret is to be used',
      { type: 'NATIVE_APP', clientSecret: 'x' },
      { tokenEndpointAuthMethod: 'CLIENT_SECRET_BASIC', clientSecret: 'x' },
    ],
    ['implicit has its response types', { grantTypes: ['IMPLICIT'] }, { responseTypes: ['TOKEN', 'ID_TOKEN'] }],
    ['what is said counts', { responseTypes: ['TOKEN'], grantTypes: ['IMPLICIT'] }, { responseTypes: ['TOKEN'] }],
    [
      'a UUID is the ID too',
      { clientId: '1f6c2d0e-0000-4000-8000-000000000001' },
      { id: '1f6c2d0e-0000-4000-8000-000000000001' },
    ],
    [
      'an imported one has another ID',
      { clientId: 'my-client' },
      { clientId: 'my-client', id: 'c0000000-0000-4000-8001-000000000001' },
    ],
  ])('knows what an application is for: %s', (_, given, made) => {
    expect(applicationNamed('Mine', seeded({ applications: [{ name: 'Mine', ...given }] }))).toMatchObject(made);
  });

  it('replaces the application with the same client ID', () => {
    const clientId = 'c0000000-0000-4000-8000-000000000001';
    const { applications } = seeded({ applications: [{ name: 'Mine', type: 'NATIVE_APP', clientId }] });
    expect(applications.filter((one) => one.clientId === clientId).map(({ name }) => name)).toEqual(['Mine']);
  });

  it('gives each scope to the resource whose it is', () => {
    const scopes = ['email', 'p1:read:user', 'orders:read', 'stock:write'];
    const seed = seeded({
      customResources: [{ name: 'Stock', scopes: ['stock:write'] }],
      applications: [{ name: 'Shop', scopes }],
    });
    const stock = seed.customResources.find(({ name }) => name === 'Stock');
    expect(stock).toMatchObject({ audience: 'Stock', accessTokenValiditySeconds: 3600 });
    expect(applicationNamed('Shop', seed)?.scopes).toEqual({
      openid: ['email'],
      pingOneApi: ['p1:read:user'],
      custom: { 'a0000000-0000-4000-8000-000000000001': ['orders:read'], [stock?.id ?? '']: ['stock:write'] },
    });
  });

  it('takes scopes by resource too, a custom one by its name', () => {
    const seed = seeded({ applications: [{ name: 'Shop', scopes: { custom: { Orders: ['orders:read'] } } }] });
    const custom = { 'a0000000-0000-4000-8000-000000000001': ['orders:read'] };
    expect(applicationNamed('Shop', seed)?.scopes).toEqual({ openid: [], pingOneApi: [], custom });
  });

  it('gives an application that signs with a private key and names none the sandbox’s own', async () => {
    const file: SeedFile = { applications: [{ name: 'Signer', tokenEndpointAuthMethod: 'PRIVATE_KEY_JWT' }] };
    const { seed } = await withServiceKey(seeded(file));
    expect(applicationNamed('Signer', seed)?.jwks?.keys).toMatchObject([{ kty: 'RSA' }]);
  });

  it('has none of the users, applications and resources that every sandbox has where it says so, but PingOne’s policies', () => {
    const seed = seeded({ defaults: false, users: [{ username: 'mary', password: 'x' }] });
    expect(seed.users.map(({ username }) => username)).toEqual(['mary']);
    expect([seed.applications, seed.customResources]).toEqual([[], []]);
    expect(seed.passwordPolicies).toEqual(defaultSeed.passwordPolicies);
  });

  it('puts a policy in force for everybody, and another for one', () => {
    const { passwordPolicies, users } = seeded({
      passwordPolicies: [{ name: 'Short', default: true, length: { min: 4, max: 9 } }, { name: 'Basic' }],
      users: [{ username: 'mary', password: { value: 'x', policy: 'Basic' } }],
    });
    expect(passwordPolicies.filter((policy) => policy.default).map(({ name }) => name)).toEqual(['Short']);
    // The replaced one keeps its ID, and a rule that is left out is not enforced.
    const basic = { id: 'f0000000-0000-4000-8000-000000000003', name: 'Basic', description: '', default: false };
    expect(passwordPolicies.find(({ name }) => name === 'Basic')).toEqual(basic);
    expect(users.at(-1)?.password?.policyId).toBe(basic.id);
  });

  it('leaves the policy in force that is replaced without a word of that', () => {
    const { passwordPolicies } = seeded({ passwordPolicies: [{ name: 'Standard', maxAgeDays: 1 }] });
    expect(passwordPolicies.filter((policy) => policy.default)).toMatchObject([{ name: 'Standard', maxAgeDays: 1 }]);
  });

  it('names the environment', () => {
    expect(seeded({ environment: { region: 'EU' } }).environment).toEqual({ ...defaultSeed.environment, region: 'EU' });
  });

  it('is a seed or a refusal in words, whatever it is', () => {
    const member = fc.constantFrom(...Object.keys(seedFileOf(defaultSeed)), '__proto__', 'constructor', 'user');
    const user = fc.record(
      { username: outsideText, password: fc.jsonValue(), id: outsideText },
      { requiredKeys: ['username'] },
    );
    const application = fc.record(
      {
        name: outsideText,
        redirectUris: fc.array(outsideText),
        scopes: fc.jsonValue(),
        clientId: outsideText,
        jwks: fc.jsonValue(),
      },
      { requiredKeys: ['name'] },
    );
    const whole = fc.record({ users: fc.array(user), applications: fc.array(application) }, { requiredKeys: [] });
    const given = fc.oneof(fc.jsonValue(), whole, fc.dictionary(member, fc.jsonValue()), fc.anything());
    const isUsage = (make: () => Seed) => {
      try {
        return make().passwordPolicies.length >= defaultSeed.passwordPolicies.length;
      } catch (error) {
        return error instanceof Failure && error.kind === 'usage';
      }
    };
    fc.assert(fc.property(given, (seed) => isUsage(() => readSeed(seed, 'The seed'))));
    const text = fc.oneof(
      outsideText,
      fc.json(),
      whole.map((seed) => JSON.stringify(seed)),
    );
    fc.assert(fc.property(text, (json) => isUsage(() => seedInText(json, 'seed.json'))));
    fc.assert(fc.property(text, (json) => isUsage(() => withUsersInText(defaultSeed, json, 'users.json'))));
  });
});
