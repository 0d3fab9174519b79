import { describe, expect, it } from 'vitest';
import { definitionOf, definitions, type SettingKey, settingText } from '../../src/config/setting-definitions.ts';
import {
  clientOf,
  endpointsOf,
  fittingSecret,
  leftAside,
  required,
  resolveSettings,
  type SettingFlags,
  type Settings,
  settingDocument,
  shownSetting,
  shownSettings,
} from '../../src/config/settings.ts';
import { Failure } from '../../src/errors.ts';
import { asRead } from '../support/failures.ts';

const environmentId = '01234567-89ab-cdef-0123-456789abcdef';

/** A fitting value for every setting, as a person would type it. */
const examples: Readonly<Record<SettingKey, string>> = {
  environmentId,
  region: 'eu',
  customDomain: 'auth.example.com',
  authUrl: 'https://auth.example.com',
  apiUrl: 'https://api.example.com/v1',
  clientId: 'client-1',
  clientSecret: 'hush hush',
  authMethod: 'client_secret_post',
  privateKey: './key.pem',
  workerClientId: 'worker-1',
  workerClientSecret: 'hush',
  workerAuthMethod: 'client_secret_jwt',
  scope: 'openid p1:read:user',
  redirectUri: 'https://localhost:8443/cb',
  grant: 'implicit',
  responseType: 'id_token',
  par: 'true',
  prompt: 'login',
  maxAge: '3600',
  acrValues: 'Single_Factor',
  postLogoutRedirectUri: 'https://example.com/bye',
  caFile: './ca.pem',
  store: 'file',
  timeout: '60',
  httpTimeout: '5',
};

const keys = Object.keys(definitions) as SettingKey[];

function resolve(flags: SettingFlags, env: Record<string, string> = {}, values: SettingFlags = {}) {
  return resolveSettings(flags, env, { name: 'work', isNamed: false, values });
}

/** What has to be set for a variable of Ping's to count. */
function inForce(variable: string): Record<string, string> {
  return variable.startsWith('PINGONE_') ? { PINGONE_ENVIRONMENT_ID: environmentId } : {};
}

/** A setting as a person would type it, and where it came from. */
function found({ values, origins }: Settings, key: SettingKey) {
  const value = values[key];
  return { text: value === undefined ? undefined : settingText(value), origin: origins[key] };
}

function failureOf(action: () => unknown): Failure {
  try {
    action();
  } catch (error) {
    if (error instanceof Failure) return error;
  }
  throw new Error('no Failure was thrown');
}

describe('every setting', () => {
  it.each(keys.filter((key) => definitionOf(key).flag))('%s is taken from its flag before all else', (key) => {
    const variable = definitionOf(key).variables[0] ?? '';
    const settings = resolve({ [key]: examples[key] }, { [variable]: 'other' }, { [key]: 'another' });
    expect(found(settings, key)).toEqual({
      text: examples[key],
      origin: { kind: 'flag', name: definitionOf(key).flag?.split(' ')[0] },
    });
  });

  it.each(keys.flatMap((key) => definitionOf(key).variables.map((variable) => [key, variable] as const)))(
    '%s is taken from %s before the profile',
    (key, variable) => {
      const value = variable === 'PINGONE_ROOT_DOMAIN' ? 'pingone.eu' : examples[key];
      const env = { ...inForce(variable), [variable]: value };
      const settings = resolve({}, env, { [key]: 'of the profile' });
      expect(found(settings, key)).toEqual({ text: examples[key], origin: { kind: 'environment', name: variable } });
    },
  );

  it.each(keys.filter((key) => !definitionOf(key).secret))('%s is taken from the profile before the default', (key) => {
    const settings = resolve({}, {}, { [key]: examples[key] });
    expect(found(settings, key)).toEqual({ text: examples[key], origin: { kind: 'profile', name: 'work' } });
  });

  it.each(keys.filter((key) => definitionOf(key).secret))('%s has no flag and is not read from a profile', (key) => {
    expect(definitionOf(key).flag).toBeUndefined();
    expect(found(resolve({}, {}, { [key]: 'secret in a file' }), key)).toEqual({ text: undefined, origin: undefined });
  });

  it.each(keys)('%s: our variable wins over Ping’s', (key) => {
    const [ours = '', ...pings] = definitionOf(key).variables;
    const env = Object.fromEntries([[ours, examples[key]], ...pings.map((name) => [name, 'unused'] as const)]);
    expect(resolve({}, env).origins[key]?.name).toBe(ours);
  });
});

it.each<[SettingKey, string, string]>([
  ['environmentId', '../../admin', 'is not a UUID such as 01234567-'],
  ['environmentId', '<environment_id>', 'is not a UUID such as 01234567-'],
  ['environmentId', `${environmentId}0`, 'is not a UUID such as 01234567-'],
  ['environmentId', `0${environmentId}`, 'is not a UUID such as 01234567-'],
  ['region', 'us', "is not one of com, ca, eu, com.au, sg, asia, nor one of Ping's codes (NA, CA, EU, AU, SG, AP)"],
  ['region', 'constructor', 'is not one of com, ca'],
  ['customDomain', 'https://auth.example.com/', 'is not a host name such as auth.example.com'],
  ['customDomain', 'auth.example.com:99999', 'is not a host name such as'],
  ['customDomain', 'user@auth.example.com', 'is not a host name such as'],
  ['customDomain', 'auth.example.com/path', 'is not a host name such as'],
  ['authUrl', 'http://auth.pingone.com', 'must start with https:// (http:// is for loopback addresses only)'],
  ['authUrl', 'https://auth.pingone.com/v1', 'ends in /v1, which belongs to the API base only'],
  ['authUrl', 'https://auth.pingone.com/v1/', 'ends in /v1, which belongs to the API base only'],
  ['authUrl', 'https://user@auth.pingone.com', 'is not an address such as https://auth.pingone.eu'],
  ['authUrl', 'https://auth.pingone.com/?x=1', 'is not an address such as'],
  ['authUrl', 'https://auth.pingone.com/#x', 'is not an address such as'],
  ['authUrl', 'javascript:alert(1)', 'must start with https://'],
  ['authUrl', 'auth', 'is not an address such as'],
  ['apiUrl', 'eu', 'does not end in /v1'],
  ['apiUrl', 'https://api.pingone.com', 'does not end in /v1'],
  ['apiUrl', 'http://api.pingone.com/v1', 'must start with https://'],
  ['apiUrl', 'https://api.pingone.com/v1/environments', 'does not end in /v1'],
  ['authMethod', 'saml', 'is not one of none, client_secret_basic, client_secret_post'],
  ['clientId', 'a\u009bb', 'contains a line break or another control character'],
  ['scope', 'openid "x"', 'contains a character that a scope cannot have'],
  ['scope', 'openid a\\b', 'contains a character that a scope cannot have'],
  ['redirectUri', 'https://example.com/callback', 'of this machine, such as https://127.0.0.1/callback'],
  ['redirectUri', 'myapp://callback', 'of this machine, such as'],
  ['redirectUri', 'ftp://127.0.0.1/callback', 'of this machine, such as'],
  ['redirectUri', 'callback', 'of this machine, such as'],
  ['redirectUri', 'https://127.0.0.1/callback?x=1', 'must have no query, fragment or user name'],
  ['redirectUri', 'https://127.0.0.1/callback#x', 'must have no query, fragment or user name'],
  ['redirectUri', 'https://user@127.0.0.1/callback', 'must have no query, fragment or user name'],
  ['redirectUri', 'https://127.0.0.1.example.com/callback', 'of this machine, such as'],
  ['grant', 'password', 'is not one of authorization_code, implicit, device_code'],
  ['responseType', 'code', 'is not one of token id_token, id_token, token'],
  ['par', 'maybe', 'is not true or false'],
  ['prompt', 'maybe', 'is not one of login, none, consent'],
  ['maxAge', '-1', 'is not a number of seconds'],
  ['maxAge', '1s', 'is not a number of seconds'],
  ['maxAge', '1234567890', 'is not a number of seconds'],
  ['postLogoutRedirectUri', 'bye', 'is not an address such as https://example.com/bye'],
  ['store', 'cloud', 'is not one of keychain, file, memory'],
  ['timeout', '-1', 'is not a number of seconds from 1 to 86400'],
  ['timeout', '0', 'is not a number of seconds from 1 to 86400'],
  ['timeout', '1e3', 'is not a number of seconds from 1 to 86400'],
  ['timeout', '86401', 'is not a number of seconds from 1 to 86400'],
  ['httpTimeout', '999999', 'is not a number of seconds from 1 to 86400'],
])('refuses %s "%s", naming where it came from: it %s', (key, value, problem) => {
  const variable = definitionOf(key).variables[0] ?? '';
  const failure = failureOf(() => resolve({}, { [variable]: value }));
  expect(failure).toMatchObject({ kind: 'usage', code: 'invalid_setting', hint: `Fix ${variable}.` });
  expect(failure.message).toContain(`The ${definitionOf(key).label} "${value}" (from ${variable}) `);
  expect(failure.message).toContain(problem);
});

it.each([
  ['http://127.0.0.1:9031', 'http://127.0.0.1:9031'],
  ['https://localhost:9031/', 'https://localhost:9031'],
  ['http://[::1]:80', 'http://[::1]'],
])('accepts the loopback authorization server %s', (text, value) => {
  expect(resolve({ authUrl: text }).values.authUrl).toBe(value);
});

it.each([
  ['Auth.Example.com', 'auth.example.com'],
  ['auth.example.com:443', 'auth.example.com'],
  ['auth.example.com:8443', 'auth.example.com:8443'],
  ['localhost:9031', 'localhost:9031'],
])('accepts the custom domain %s', (text, value) => {
  expect(resolve({ customDomain: text }).values.customDomain).toBe(value);
});

it.each<[SettingKey, string, unknown]>([
  ['region', 'pingone.EU', 'eu'],
  ['redirectUri', 'http://localhost:8080', 'http://localhost:8080'],
  ['redirectUri', 'https://127.0.0.1', 'https://127.0.0.1'],
  ['region', '.com.au', 'com.au'],
  ['region', 'NA', 'com'],
  ['region', 'CA', 'ca'],
  ['region', 'EU', 'eu'],
  ['region', 'AU', 'com.au'],
  ['region', 'SG', 'sg'],
  ['region', 'ap', 'asia'],
  ['region', 'NorthAmerica', 'com'],
  ['region', 'Canada', 'ca'],
  ['region', 'Europe', 'eu'],
  ['region', 'Australia', 'com.au'],
  ['region', 'Singapore', 'sg'],
  ['region', 'AsiaPacific', 'asia'],
  ['region', 'Asia-Pacific', 'asia'],
  ['authUrl', 'auth.pingone.eu', 'https://auth.pingone.eu'],
  ['authUrl', 'https://auth.example.com/base/', 'https://auth.example.com/base'],
  ['apiUrl', 'https://api.pingone.eu/v1//', 'https://api.pingone.eu/v1'],
  ['apiUrl', 'api.pingone.eu', 'https://api.pingone.eu/v1'],
  ['apiUrl', 'api.pingone.eu/v1', 'https://api.pingone.eu/v1'],
  ['scope', 'openid, email  openid', ['openid', 'email']],
  ['scope', ' ', []],
  ['responseType', 'id_token,token', 'token id_token'],
  ['responseType', 'token id_token', 'token id_token'],
  ['par', 'no', false],
  ['par', 'FALSE', false],
  ['par', '0', false],
  ['par', 'YES', true],
  ['par', 'true', true],
  ['par', '1', true],
  ['maxAge', '007', 7],
  ['maxAge', '0', 0],
  ['timeout', '1', 1],
  ['timeout', '60', 60],
  ['timeout', '86400', 86_400],
  ['environmentId', environmentId.toUpperCase(), environmentId],
  ['clientId', 'with a blank', 'with a blank'],
  ['clientId', ' abc\r\n', 'abc'],
  ['clientId', '"abc"', 'abc'],
  ['clientId', '" abc "', 'abc'],
  ['clientId', '‘abc’', 'abc'],
  ['environmentId', `\ufeff'${environmentId}'\r`, environmentId],
  ['authUrl', '“https://auth.pingone.eu”', 'https://auth.pingone.eu'],
  ['caFile', '"C:\\My CA\\ca.pem"\r\n', 'C:\\My CA\\ca.pem'],
  ['region', "'eu' ", 'eu'],
])('reads %s "%s" as a value of its own type, whose text reads as the same', (key, text, value) => {
  const settings = resolve({ [key]: text });
  expect(settings.values[key]).toEqual(value);
  const typed = found(settings, key).text;
  expect(resolve({ [key]: typed }).values[key]).toEqual(value);
});

it('says every way to give a setting that is missing', () => {
  expect(asRead(failureOf(() => required(resolve({}), 'environmentId')))).toMatchObject({
    kind: 'usage',
    code: 'setting_missing',
    message: 'The environment ID is not set.',
    hint: 'Set --environment-id or PING14C_ENVIRONMENT_ID, or save it in a profile with "ping14c init". To try without an account: "ping14c sandbox".',
  });
});

describe('a value of a profile that cannot be used', () => {
  it.each<[SettingKey, unknown, string]>([
    ['region', 'us', 'The region "us" (region in profile "my work") is not one of com'],
    ['clientId', 7, 'The client ID (client-id in profile "my work") is a number, and must be a text in quotes.'],
    ['httpTimeout', null, 'The HTTP timeout (http-timeout in profile "my work") is null, and must be a text in quotes'],
    ['scope', ['openid'], 'The scopes (scope in profile "my work") is a list, and must be a text in quotes'],
    [
      'par',
      { yes: 1 },
      'The pushed authorization requests (par in profile "my work") is an object, and must be a text in quotes',
    ],
  ])('(%s: %j) is told to who needs it, with what mends it, and to nobody else', (key, value, message) => {
    const settings = resolveSettings(
      {},
      {},
      { name: 'my work', isNamed: false, values: { [key]: value, grant: 'implicit' } },
    );
    expect(settings.values.grant).toBe('implicit');
    const name = shownSetting(settings, key).name;
    const failure = asRead(failureOf(() => settings.values[key]));
    expect(failure).toMatchObject({
      kind: 'usage',
      code: 'invalid_setting',
      message: expect.stringContaining(message),
      hint: `Fix it with "ping14c config set ${name} VALUE -P 'my work'", or remove it with "ping14c config unset ${name} -P 'my work'".`,
    });
    expect(settings.unfit.get(key)?.message).toBe(failure.message);
    expect(shownSetting(settings, key)).toMatchObject({ shown: undefined, from: 'profile "my work"' });
  });
});

it('lists every setting with where it came from, made safe, and no secret', () => {
  const env = { PING14C_CLIENT_SECRET: 'hush', PING14C_ACR_VALUES: 'a\u202eb' };
  const rows = shownSettings(resolve({ region: 'eu' }, env, { scope: 'openid' }));
  expect(rows.map(({ name }) => name)).toHaveLength(keys.length);
  const documents = Object.fromEntries(rows.map((row) => [row.name, { from: row.from, ...settingDocument(row) }]));
  expect(documents).toMatchObject({
    region: { from: '--region', value: 'eu', origin: { kind: 'flag', name: '--region' } },
    'client-secret': { from: 'PING14C_CLIENT_SECRET', value: '(hidden)' },
    'acr-values': { value: 'a\\u{202e}b' },
    scope: { from: 'profile "work"', value: 'openid' },
    store: { from: 'default', value: 'keychain', origin: { kind: 'default', name: 'default' } },
    prompt: { from: 'not set', value: null, origin: null },
  });
});

it('never asks for a secret by flag', () => {
  expect(asRead(failureOf(() => required(resolve({}), 'clientSecret'))).hint).toMatch(/^Set PING14C_CLIENT_SECRET,/);
});

it.each([
  [{}, `https://auth.pingone.com/${environmentId}/as`, 'https://api.pingone.com/v1'],
  [{ region: 'com.au' }, `https://auth.pingone.com.au/${environmentId}/as`, 'https://api.pingone.com.au/v1'],
  [{ region: 'asia' }, `https://auth.pingone.asia/${environmentId}/as`, 'https://api.pingone.asia/v1'],
  [{ region: 'eu', customDomain: 'auth.example.com' }, 'https://auth.example.com/as', 'https://api.pingone.eu/v1'],
  [{ authUrl: 'https://127.0.0.1:9000/' }, `https://127.0.0.1:9000/${environmentId}/as`, 'https://api.pingone.com/v1'],
  [
    { apiUrl: 'https://127.0.0.1:9000/v1/' },
    `https://auth.pingone.com/${environmentId}/as`,
    'https://127.0.0.1:9000/v1',
  ],
])('finds the endpoints of %j', (flags, issuer, api) => {
  expect(endpointsOf(resolve({ environmentId, ...flags }))).toEqual({
    issuer,
    apiBase: api,
    environmentApi: `${api}/environments/${environmentId}`,
  });
});

describe('a secret', () => {
  it.each(['s3cret\n', 's3cret\r\n'])('loses the line end of %j, and that is told', (text) => {
    const settings = resolve({}, { PING14C_CLIENT_SECRET: text });
    expect(settings.values.clientSecret).toBe('s3cret');
    expect(settings.trimmedAt).toEqual(['PING14C_CLIENT_SECRET']);
  });

  it.each([' s3cret', 's3cret ', '"s3cret"', "'s3cret'", 's3\ncret', 's3cret\u0000'])(
    '%j is refused with the reason and not shown, since nobody knows what is meant',
    (text) => {
      for (const refuse of [
        () => resolve({}, { PING14C_CLIENT_SECRET: text }),
        () => fittingSecret('clientSecret', text),
      ]) {
        const { message } = failureOf(refuse);
        expect(message).toMatch(
          /^The client secret \(from [\w ]+\) (?:starts or ends|is in quotes|contains a line break)/,
        );
        expect(message).not.toContain('s3');
      }
      expect(fittingSecret('clientSecret', 's3 cret\r\n')).toBe('s3 cret');
    },
  );
});

it.each<[SettingKey, string]>([
  ['clientId', 'a\nb'],
  ['caFile', 'ca\u0000.pem'],
])('refuses %s %j, whose control character is within', (key, text) => {
  expect(failureOf(() => resolve({ [key]: text })).message).toContain('control character');
});

it('tells where something was taken off, and takes a blank variable for none', () => {
  const env = { PING14C_CLIENT_ID: 'abc\r', PING14C_REGION: ' ', PINGONE_ENVIRONMENT_ID: ' ' };
  const settings = resolve({}, env, { scope: 'openid' });
  expect(settings.trimmedAt).toEqual(['PING14C_CLIENT_ID']);
  expect(settings.values).toMatchObject({ region: 'com', scope: ['openid'] });
});

describe('what was exported for Terraform', () => {
  const exported = { PINGONE_CLIENT_ID: 'terraform', PINGONE_CLIENT_SECRET: 'hush' };
  const whole = { ...exported, PINGONE_ENVIRONMENT_ID: environmentId };
  const values = { clientId: 'sandbox', region: 'eu', scope: 'openid' };

  it.each([
    ['a profile is named', whole, true],
    ['there is no environment ID among it', exported, false],
  ])('does not count where %s', (_, env, isNamed) => {
    const profile = { name: 'sandbox', isNamed, values };
    const settings = resolveSettings({}, env, profile);
    expect(settings.values).toMatchObject({ clientId: 'sandbox', region: 'eu' });
    expect([settings.values.clientSecret, settings.values.environmentId]).toEqual([undefined, undefined]);
    expect(leftAside(env, profile)?.places).toEqual(expect.arrayContaining(Object.keys(env)));
  });

  it('counts alone where it names an environment and nobody a profile, below our own variables', () => {
    const profile = { name: 'default', isNamed: false, values };
    const settings = resolveSettings({}, { ...whole, PING14C_SCOPE: 'openid email' }, profile);
    expect(settings.values).toMatchObject({
      clientId: 'terraform',
      clientSecret: 'hush',
      environmentId,
      region: 'com',
    });
    expect(settings.values.scope).toEqual(['openid', 'email']);
    expect(leftAside(whole, profile)?.places).toEqual(
      ['region', 'client-id', 'scope'].map((name) => `${name} in profile "default"`),
    );
  });

  it.each([
    [{ isNamed: true }, /^The profile "sandbox" is named, .* name no profile\.$/],
    [{ isNamed: false }, /^The profile "sandbox" counts; .* set PINGONE_ENVIRONMENT_ID too\.$/],
    [
      { isNamed: true, imported: { file: 'config.cfg', values: { clientId: 'sandbox' } } },
      /^The values of config\.cfg go into the profile "sandbox"/,
    ],
  ])('is left aside with the reason (%j)', (circumstances, reason) => {
    const left = leftAside(exported, { name: 'sandbox', values, ...circumstances });
    expect(left).toEqual({ places: Object.keys(exported), reason: expect.stringMatching(reason) });
  });

  it('leaves the profile aside with the way to have it the other way', () => {
    expect(leftAside(whole, { name: 'default', isNamed: false, values })?.reason).toMatch(
      /^PINGONE_ENVIRONMENT_ID is set, .* with -P /,
    );
  });

  it('is not spoken of where there is none, nor a profile beside it', () => {
    expect(leftAside({ PING14C_CLIENT_ID: 'x' }, { name: 'default', isNamed: false, values })).toBeUndefined();
    expect(leftAside(whole, { name: 'default', isNamed: false, values: {} })).toBeUndefined();
  });
});

const environment = { PING14C_ENVIRONMENT_ID: 'e0000000-0000-4000-8000-000000000001', PING14C_CLIENT_ID: 'own' };

function chosen(env: Readonly<Record<string, string>>, owner: 'user' | 'application') {
  return clientOf(
    resolveSettings({}, { ...environment, ...env }, { name: 'default', isNamed: false, values: {} }),
    owner,
  );
}

describe('the client that the settings choose', () => {
  it.each([
    ['does not authenticate without a secret', {}, 'none'],
    ['uses Basic with one', { PING14C_CLIENT_SECRET: 's' }, 'client_secret_basic'],
    ['uses the private key where there is only that', { PING14C_PRIVATE_KEY: 'key.pem' }, 'private_key_jwt'],
    [
      'does what it is told',
      { PING14C_CLIENT_SECRET: 's', PING14C_AUTH_METHOD: 'client_secret_post' },
      'client_secret_post',
    ],
  ])('%s', (_name, env, method) => {
    expect(chosen(env, 'user').authMethod).toBe(method);
  });

  it("is the client itself for the application's own token, unless a worker is named", () => {
    const own = { clientId: 'own', clientSecret: 's', authMethod: 'client_secret_basic' };
    expect(chosen({ PING14C_CLIENT_SECRET: 's' }, 'application')).toMatchObject(own);
    const worker = { PING14C_WORKER_CLIENT_ID: 'worker', PING14C_WORKER_CLIENT_SECRET: 'w' };
    expect(chosen({ ...worker, PING14C_AUTH_METHOD: 'none' }, 'application')).toMatchObject({
      clientId: 'worker',
      clientSecret: 'w',
      authMethod: 'client_secret_basic',
    });
    expect(chosen({ ...worker, PING14C_WORKER_AUTH_METHOD: 'client_secret_post' }, 'application').authMethod).toBe(
      'client_secret_post',
    );
    expect(chosen(worker, 'user')).toEqual({
      issuer: 'https://auth.pingone.com/e0000000-0000-4000-8000-000000000001/as',
      clientId: 'own',
      authMethod: 'none',
    });
  });
});

it('keeps nobody waiting for an address of half a megabyte of slashes', () => {
  const authUrl = `https://auth.example.com${'/'.repeat(500_000)}x`;
  const settings = resolveSettings({ environmentId, authUrl }, {}, { name: 'default', isNamed: false, values: {} });
  expect(endpointsOf(settings).issuer.endsWith(`x/${environmentId}/as`)).toBe(true);
});
