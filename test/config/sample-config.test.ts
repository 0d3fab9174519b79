import { describe, expect, it } from 'vitest';
import { readSampleConfig, sampleText } from '../../src/config/sample-config.ts';
import { spelled } from '../../src/wording.ts';
import { fc, outsideTextOfAnyLength } from '../support/properties.ts';

/** The sample's file as an integrator has filled it in. */
const filledIn = `
# PingOne for Customers
[app]
AUTH_URL = 'https://auth.pingone.eu/'
API_URL = 'https://api.pingone.eu/v1/'   # with the version
ENVIRONMENT_ID = '01234567-89ab-cdef-0123-456789abcdef'
CLIENT_ID = "11111111-89ab-cdef-0123-456789abcdef"
CLIENT_SECRET = 'it\\'s a # secret'
OAUTH_REDIRECT_PATH = '/signed-in'
SCOPE = 'phone profile openid'
MAX_AGE = 3600
PROMPT = 'login'
GRANT_TYPE = 'implicit'
RESPONSE_TYPE = 'token id_token'
TOKEN_AUTH_METHOD = 'client_secret_post'
LOGOUT_URI = 'https://localhost:5000/bye'
DEBUG = True
ENV = 'development'
`;

it('finds a home for every setting of the sample', () => {
  expect(readSampleConfig(filledIn)).toEqual({
    settings: {
      authUrl: 'https://auth.pingone.eu/',
      apiUrl: 'https://api.pingone.eu/v1/',
      environmentId: '01234567-89ab-cdef-0123-456789abcdef',
      clientId: '11111111-89ab-cdef-0123-456789abcdef',
      redirectUri: 'https://127.0.0.1/signed-in',
      scope: 'phone profile openid',
      maxAge: '3600',
      prompt: 'login',
      grant: 'implicit',
      responseType: 'token id_token',
      authMethod: 'client_secret_post',
      postLogoutRedirectUri: 'https://localhost:5000/bye',
    },
    clientSecret: "it's a # secret",
    problems: [],
    ignored: [expect.stringMatching(/^DEBUG/), expect.stringMatching(/^ENV/)],
  });
});

describe('what cannot be taken over is said with its line', () => {
  it.each([
    ["ENVIRONMENT_ID = '<environment_id>'", 'line 1: ENVIRONMENT_ID still holds the placeholder <environment_id>'],
    ["# x\nCLIENT_ID = 'abc", 'line 2: the value of CLIENT_ID has an opening quote and no closing one'],
    ["COLOUR = 'red'", 'line 1: COLOUR is not a setting of the sample'],
    ["CLIENT_ID = 'YOUR_CLIENT_ID'", 'line 1: CLIENT_ID still holds the placeholder YOUR_CLIENT_ID'],
    ["CLIENT_ID = 'your-client-id'", 'line 1: CLIENT_ID still holds the placeholder your-client-id'],
    ['CLIENT_ID = {{clientId}}', 'line 1: CLIENT_ID still holds the placeholder {{clientId}}'],
    ['CLIENT_ID = "$CLIENT_ID"', 'line 1: CLIENT_ID still holds the placeholder $CLIENT_ID'],
    [`CLIENT_ID = '$\{CLIENT_ID}'`, 'line 1: CLIENT_ID still holds the placeholder $\u007bCLIENT_ID}'],
    ["CLIENT_ID = '%CLIENT_ID%'", 'line 1: CLIENT_ID still holds the placeholder %CLIENT_ID%'],
    ["CLIENT_ID = 'xxxx'", 'line 1: CLIENT_ID still holds the placeholder xxxx'],
    ["CLIENT_ID = 'ChangeMe'", 'line 1: CLIENT_ID still holds the placeholder ChangeMe'],
    ["CLIENT_ID = 'TODO'", 'line 1: CLIENT_ID still holds the placeholder TODO'],
    ["CLIENT_ID = '...'", 'line 1: CLIENT_ID still holds the placeholder ...'],
    ["CLIENT_SECRET = 'YOUR_CLIENT_SECRET'", 'line 1: CLIENT_SECRET still holds a placeholder'],
    [
      "ENVIRONMENT_ID = 'mine'",
      'line 1: ENVIRONMENT_ID "mine" is not a UUID such as 01234567-89ab-cdef-0123-456789abcdef',
    ],
    [
      "OAUTH_REDIRECT_PATH = 'https://example.com/callback'",
      expect.stringMatching(
        /^line 1: OAUTH_REDIRECT_PATH "https:\/\/example\.com\/callback" must be an http or https address/,
      ),
    ],
    [
      "AUTH_URL = 'https://auth.pingone.eu/01234567-89ab-cdef-0123-456789abcdef/as/authorize'",
      expect.stringMatching(/^line 1: AUTH_URL .* use the base alone, such as https:\/\/auth\.pingone\.eu$/),
    ],
    ["CLIENT_SECRET = ' hush '", 'line 1: CLIENT_SECRET starts or ends with a space'],
    ["constructor = 'red'", 'line 1: CONSTRUCTOR is not a setting of the sample'],
    ['AUTH_URL', "line 1 is not of the form KEY = 'value'"],
    [
      "\nSCOPE = [\n 'openid'\n 'profile'\n]",
      expect.stringMatching(/^line 2: the value of SCOPE has a comma too few or too many/),
    ],
    ["SCOPE = [\n 'openid',\n", 'line 1: the value of SCOPE has an opening bracket and no closing one'],
    ["SCOPE = [\n 'openid,\n 'profile'\n]", 'line 1: the value of SCOPE has an opening quote and no closing one'],
    ["SCOPE = '''openid\n", 'line 1: the value of SCOPE has an opening quote and no closing one'],
    ["SCOPE = ' '.join([\n 'openid'\n])", 'line 1: the value of SCOPE is not just a text or a list of texts'],
    ["SCOPE = ['openid'] + ['profile']", 'line 1: the value of SCOPE is not just a text or a list of texts'],
    ["SCOPE = {'openid': True}", 'line 1: the value of SCOPE is not just a text or a list of texts'],
    ["CLIENT_ID = os.environ['ID']", 'line 1: the value of CLIENT_ID is not just a text or a list of texts'],
    ['CLIENT_ID = id_of(app)', 'line 1: the value of CLIENT_ID is not just a text or a list of texts'],
    ["CLIENT_ID: str = 'abc'", 'line 1: the value of CLIENT_ID is not just a text or a list of texts'],
    ["SCOPE = 'openid'; MAX_AGE = 60", 'line 1: the value of SCOPE is not just a text or a list of texts'],
    ["SCOPE = f'{x}'", 'line 1: the value of SCOPE is not just a text or a list of texts'],
    ["SCOPE = 'openid\\tprofile'", expect.stringMatching(/^line 1: the value of SCOPE has an escape such as/)],
    ["SCOPE = ['openid', 'p1\\x3aread']", expect.stringMatching(/^line 1: the value of SCOPE has an escape such as/)],
    ["SCOPE = [['openid']]", 'line 1: the value of SCOPE is not just a text or a list of texts'],
    ["CLIENT_ID = ['abc']", 'line 1: the value of CLIENT_ID is a list, and must be one text'],
    ["SCOPE = [\n '<scope>',\n]", 'line 1: SCOPE still holds the placeholder <scope>'],
  ])('%j', (text, problem) => {
    expect(readSampleConfig(text)).toMatchObject({ settings: {}, problems: [problem] });
  });
});

const environmentId = '01234567-89ab-cdef-0123-456789abcdef';

describe('a file as people have it is read where it is clear', () => {
  it.each([
    ["API_URL = 'https://api.pingone.eu'", { apiUrl: 'https://api.pingone.eu/v1' }],
    ["API_URL = 'https://api.pingone.eu/'", { apiUrl: 'https://api.pingone.eu/v1' }],
    ["OAUTH_REDIRECT_PATH = 'https://localhost:5000/callback'", { redirectUri: 'https://localhost:5000/callback' }],
    ["SCOPE = ['openid', 'profile', \"p1:read:user\"]", { scope: 'openid profile p1:read:user' }],
    ["SCOPE = 'openid' ; who = they are\nMAX_AGE = 60", { scope: 'openid', maxAge: '60' }],
    ["SCOPE = 'openid';\nMAX_AGE = 60", { scope: 'openid', maxAge: '60' }],
    ["; who = they are\n  # and = when\n  [app]\n  CLIENT_ID = 'abc'", { clientId: 'abc' }],
    ['CLIENT_ID = abc ; mine\nMAX_AGE = 60 # a minute', { clientId: 'abc', maxAge: '60' }],
    ['SCOPE = [a.b, c/d, e-f]', { scope: 'a.b c/d e-f' }],
    ["SCOPE = ('openid',)", { scope: 'openid' }],
    ["SCOPE = [\n 'openid',\n 'profile'\n]", { scope: 'openid profile' }],
    ["SCOPE = [\r\n  'openid',  # who\r\n\r\n  'profile',\r\n]  # that is all\r\n", { scope: 'openid profile' }],
    ["SCOPE = {'openid', 'profile'}", { scope: 'openid profile' }],
    ['SCOPE = [openid, p1:read:user]', { scope: 'openid p1:read:user' }],
    ["SCOPE = (\n  'openid '\n  'profile'\n)", { scope: 'openid profile' }],
    ["SCOPE = ('openid',\n         'profile')", { scope: 'openid profile' }],
    ["SCOPE = 'openid ' \\\n  'profile'", { scope: 'openid profile' }],
    ["SCOPE = \\\n  'openid'", { scope: 'openid' }],
    ["SCOPE = 'openid \\\nprofile'", { scope: 'openid profile' }],
    ["SCOPE = '''\n  openid\n  profile\n'''", { scope: 'openid profile' }],
    ['SCOPE = """openid \'profile\'""" # quotes', { scope: "openid 'profile'" }],
    ["CLIENT_ID = abc  # it's (mine)", { clientId: 'abc' }],
    ["CLIENT_ID = (\n  'abc'\n)\nMAX_AGE = (60)", { clientId: 'abc', maxAge: '60' }],
    ["RESPONSE_TYPE = [\n 'token',\n 'id_token',\n]", { responseType: 'token id_token' }],
    [`AUTH_URL = 'https://auth.pingone.eu/${environmentId}/as'`, { authUrl: 'https://auth.pingone.eu', environmentId }],
    [
      `ENVIRONMENT_ID = '${environmentId}'\nAUTH_URL = 'https://auth.pingone.eu/${environmentId}/'`,
      { authUrl: 'https://auth.pingone.eu', environmentId },
    ],
    [`AUTH_URL = 'https://auth.pingone.eu/${environmentId}'`, { authUrl: 'https://auth.pingone.eu', environmentId }],
    [
      `AUTH_URL = 'https://auth.pingone.eu/${environmentId}/as/'`,
      { authUrl: 'https://auth.pingone.eu', environmentId },
    ],
    ["AUTH_URL = 'https://gateway.example.com/pingone'", { authUrl: 'https://gateway.example.com/pingone' }],
    ["API_URL = 'https://gateway.example.com/pingone/v1'", { apiUrl: 'https://gateway.example.com/pingone/v1' }],
    ["OAUTH_REDIRECT_PATH = 'callback'", { redirectUri: 'https://127.0.0.1/callback' }],
    ["SCOPE = '  openid   profile '", { scope: 'openid profile' }],
    ["RESPONSE_TYPE = 'code'", {}],
  ])('%s', (text, settings) => {
    expect(readSampleConfig(text)).toMatchObject({ settings, problems: [] });
  });

  it.each([
    'a<b>',
    '<a>b',
    'my-{{id}}',
    '{{a}}b',
    'a$ID',
    '$ID-1',
    'xxx',
    'xxxx-1',
    'not-your-id',
    'todo-list',
    'a...',
  ])('%s has the look of a placeholder in it, and is none', (clientId) => {
    expect(readSampleConfig(`CLIENT_ID = '${clientId}'`)).toMatchObject({ settings: { clientId }, problems: [] });
  });

  it('and a line below several of one value keeps its number', () => {
    const { settings, problems } = readSampleConfig("SCOPE = [\n 'openid',\n]\nCOLOUR = 'red'\nCLIENT_ID = 'abc'");
    expect({ settings, problems }).toEqual({
      settings: { scope: 'openid', clientId: 'abc' },
      problems: ['line 4: COLOUR is not a setting of the sample'],
    });
  });

  it('and each line keeps its number where Windows has ended it', () => {
    const { problems } = readSampleConfig("# one\r\n\r\n[app]\r\nSCOPE = [\r\n 'openid']\r\nCOLOUR = 'red'\r\n");
    expect(problems).toEqual(['line 6: COLOUR is not a setting of the sample']);
  });

  it('and a bracket that was forgotten swallows no other setting', () => {
    const { settings, problems } = readSampleConfig("SCOPE = [\n 'openid',\nCLIENT_ID = 'abc'\n");
    expect(settings).toEqual({ clientId: 'abc' });
    expect(problems).toEqual(['line 1: the value of SCOPE has an opening bracket and no closing one']);
  });

  it('but not where two lines name two environments', () => {
    const text = `ENVIRONMENT_ID = '${environmentId.replace('0', 'f')}'\nAUTH_URL = 'https://auth.pingone.eu/${environmentId}/as'`;
    expect(readSampleConfig(text).problems).toEqual(['line 2: AUTH_URL names another environment than a line above']);
  });

  it.each([
    'SECRET_KEY',
    'SECRET_KEY_FALLBACKS',
    'TESTING',
    'SERVER_NAME',
    'APPLICATION_ROOT',
    'FLASK_APP',
    'SESSION_COOKIE_NAME',
    'SEND_FILE_MAX_AGE_DEFAULT',
    'MAX_CONTENT_LENGTH',
    'TEMPLATES_AUTO_RELOAD',
    'JSON_SORT_KEYS',
    'WTF_CSRF_ENABLED',
  ])('%s is Flask’s, and its value is not repeated', (key) => {
    const { ignored, problems } = readSampleConfig(`${key} = 'hush'`);
    expect({ ignored, problems }).toEqual({
      ignored: [`${key}: is for Flask, which ping14c does not use`],
      problems: [],
    });
  });
});

it.each<[string, (text: string) => Uint8Array]>([
  ['UTF-8', (text) => Buffer.from(text)],
  ['UTF-8 with a byte-order mark', (text) => Buffer.from(`\ufeff${text}`)],
  ['UTF-16, as Notepad and PowerShell write it', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['UTF-16 in the other order', (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
])('reads %s', (_, bytes) => {
  expect(readSampleConfig(sampleText(bytes("CLIENT_ID = 'ключ'\r\n"))).settings).toEqual({ clientId: 'ключ' });
});

it.each([
  ["'a\\~b'", 'a\\~b'],
  ["'a\\\\nb'", 'a\\nb'],
  ['"a\\"b\\\\"', 'a"b\\'],
])('keeps what Python keeps of the backslashes in %s', (literal, secret) => {
  expect(readSampleConfig(`CLIENT_SECRET = ${literal}`)).toMatchObject({ clientSecret: secret, problems: [] });
});

it('says what to do instead of configuring client credentials', () => {
  const { ignored } = readSampleConfig("GRANT_TYPE = 'client_credentials'");
  expect(ignored.map((text) => spelled(text))).toEqual([expect.stringContaining('ping14c token --client-credentials')]);
});

it('leaves out what is empty or None', () => {
  expect(readSampleConfig("LOGOUT_URI = ''\nPROMPT = None").settings).toEqual({});
});

it.each([
  ['a quote and backslashes', `'${'\\'.repeat(500_000)}`],
  ['a quote, escapes and no end', `'${'\\a'.repeat(250_000)}`],
  ['tabs', `a${'\t'.repeat(500_000)}b`],
  ['blanks before a line separator', `${' '.repeat(500_000)}\u2028b`],
  ['blanks behind a quote', `'a'${' '.repeat(500_000)}b`],
  ['brackets', `[${'['.repeat(500_000)}`],
  ['members', `[${"'a',".repeat(125_000)}`],
  ['lines in a bracket', `[${'\n#\n'.repeat(160_000)}`],
  ['brackets that nobody closes', '[\nA = '.repeat(80_000)],
  ['quotes that nobody closes', "[\n'\n".repeat(120_000)],
  ['quotes by the three', `'''${"''\n".repeat(160_000)}`],
  ['continued lines', '\\\n'.repeat(250_000)],
])('keeps nobody waiting for half a megabyte of %s', (_, value) => {
  for (const line of [`CLIENT_ID = ${value}`, value, `x${value}`]) readSampleConfig(line);
});

it('refuses a file that is far too long for one of the sample’s', () => {
  const { problems } = readSampleConfig(`SCOPE = [${'#\n'.repeat(600_000)}]`);
  expect(problems).toEqual(['it has more than a million characters, far more than a config.cfg has']);
});

it('takes any file without falling over', () => {
  fc.assert(fc.property(outsideTextOfAnyLength, (text) => void readSampleConfig(text)));
});
