import { ping14c, type Wording, wording } from '../wording.ts';
import { type PythonValue, pythonAssignments } from './python-assignments.ts';
import { parseSetting, type SettingKey } from './setting-definitions.ts';
import { uuid } from './setting-parsers.ts';

/** What a `config.cfg` of Ping's Python sample holds, by the names that the settings have here. */
export interface SampleConfig {
  /** The texts stand as in the file, and are checked as if a person had typed them. */
  readonly settings: Readonly<Partial<Record<SettingKey, string>>>;
  /** The caller keeps it in the keychain; it never goes into a profile. */
  readonly clientSecret: string | undefined;
  /** Lines that could not be taken over, in words, e.g. a placeholder that was never filled in. */
  readonly problems: readonly string[];
  /** Keys that are understood and have no effect here, with the reason. */
  readonly ignored: readonly Wording[];
}

type Counterpart =
  | { readonly settings: Readonly<Partial<Record<SettingKey, string>>> }
  | { readonly clientSecret: string }
  | { readonly ignored: Wording }
  /** In words that follow the key's name. */
  | { readonly problem: string };

/** For each setting of pingidentity/pingone-sample-python, `config.cfg`, what stands for it here. */
const counterparts: Readonly<Record<string, (value: string) => Counterpart>> = {
  // The sample's addresses end in a slash.
  AUTH_URL: (value) => authorizationServer(value),
  // Without a path there is one thing only that it can mean.
  API_URL: (value) => ({ settings: { apiUrl: value.replace(/^(https?:\/\/[^/?#]+)\/?$/i, '$1/v1') } }),
  ENVIRONMENT_ID: (value) => ({ settings: { environmentId: value } }),
  CLIENT_ID: (value) => ({ settings: { clientId: value } }),
  CLIENT_SECRET: (value) => ({ clientSecret: value }),
  // Only the path is taken over: the host is where the sample's web server runs, and ours is the temporary listener.
  OAUTH_REDIRECT_PATH: (value) => ({
    settings: { redirectUri: /^https?:\/\//i.test(value) ? value : `https://127.0.0.1/${value.replace(/^\/+/, '')}` },
  }),
  SCOPE: (value) => ({ settings: { scope: value.trim().split(/\s+/).join(' ') } }),
  MAX_AGE: (value) => ({ settings: { maxAge: value } }),
  PROMPT: (value) => ({ settings: { prompt: value } }),
  GRANT_TYPE: (value) =>
    value === 'client_credentials'
      ? {
          ignored: wording`GRANT_TYPE=client_credentials: use ${ping14c('token --client-credentials')} when you need it`,
        }
      : { settings: { grant: value } },
  RESPONSE_TYPE: (value) =>
    value === 'code'
      ? { ignored: 'RESPONSE_TYPE=code: login asks for a code anyway; the setting is for the implicit grant only' }
      : { settings: { responseType: value } },
  TOKEN_AUTH_METHOD: (value) => ({ settings: { authMethod: value } }),
  LOGOUT_URI: (value) => ({ settings: { postLogoutRedirectUri: value } }),
  DEBUG: () => ({ ignored: 'DEBUG: add --debug to a command instead' }),
  ENV: () => ({ ignored: 'ENV: is for Flask, which ping14c does not use' }),
};

/** The settings of several words, which a list may hold as well. */
const listKeys: ReadonlySet<string> = new Set(['SCOPE', 'RESPONSE_TYPE']);

/** Flask's own settings, which such a file may hold as well (https://flask.palletsprojects.com/en/stable/config/). */
const flaskKeys =
  /^(?:SECRET_KEY|SECRET_KEY_FALLBACKS|TESTING|SERVER_NAME|APPLICATION_ROOT|PREFERRED_URL_SCHEME|PROPAGATE_EXCEPTIONS|PERMANENT_SESSION_LIFETIME|USE_X_SENDFILE|TRUSTED_HOSTS|PROVIDE_AUTOMATIC_OPTIONS|(?:FLASK|SESSION|SEND_FILE|TRAP|MAX_(?:CONTENT|FORM|COOKIE)|TEMPLATES|EXPLAIN|JSON|JSONIFY|WTF)_\w+)$/;

/** What samples and tutorials write where a value belongs. */
const placeholder = /^(?:<.*>|\{\{.*\}\}|\$\{.*\}|\$[A-Z_]+|%[A-Z_]+%|your[\s_-].*|x{4,}|changeme|todo|\.{3})$/i;

/** A secret that only looks like a placeholder must not be repeated. */
function placeholderWords(key: string, value: string): string {
  return key === 'CLIENT_SECRET' ? 'a placeholder' : `the placeholder ${value}`;
}

/** Regular expressions run out of stack at some millions of characters. */
const longest = 1_000_000;
const tooLong = 'it has more than a million characters, far more than a config.cfg has';

/** The text of a file, whichever of Windows' encodings its editor has chosen. */
export function sampleText(bytes: Uint8Array): string {
  const mark = bytes.slice(0, 2).join();
  const encoding = { '255,254': 'utf-16le', '254,255': 'utf-16be' }[mark] ?? 'utf-8';
  // The decoder takes the byte-order mark off.
  return new TextDecoder(encoding).decode(bytes);
}

/**
 * Reads the sample's Python-flavoured INI: `KEY = 'value'`, lists of texts, numbers and `True`/`False` bare, `#` comments,
 * sections ignored. Empty values are left out; placeholders, and values that fit no setting, are refused by name.
 */
export function readSampleConfig(text: string): SampleConfig {
  let settings: SampleConfig['settings'] = {};
  let clientSecret: string | undefined;
  const problems: string[] = [];
  const ignored: Wording[] = [];
  if (text.length > longest) return { settings, clientSecret, problems: [tooLong], ignored };
  for (const { line, key, value: given } of pythonAssignments(text)) {
    const at = `line ${line}`;
    const { value, why } = oneText(key, given);
    const counterpart = key !== undefined && Object.hasOwn(counterparts, key) ? counterparts[key] : undefined;
    if (key === undefined) problems.push(`${at} is not of the form KEY = 'value'`);
    else if (flaskKeys.test(key)) ignored.push(`${key}: is for Flask, which ping14c does not use`);
    else if (!counterpart) problems.push(`${at}: ${key} is not a setting of the sample`);
    else if (value === undefined) problems.push(`${at}: the value of ${key} ${why}`);
    else if (placeholder.test(value)) problems.push(`${at}: ${key} still holds ${placeholderWords(key, value)}`);
    else if (value !== '' && value !== 'None') {
      const taken = counterpart(value);
      const problem = problemOf(taken);
      if (problem) problems.push(`${at}: ${key} ${problem}`);
      else if ('settings' in taken) {
        const other = settings.environmentId !== (taken.settings.environmentId ?? settings.environmentId);
        if (other && settings.environmentId) problems.push(`${at}: ${key} names another environment than a line above`);
        settings = { ...settings, ...taken.settings };
      } else if ('clientSecret' in taken) clientSecret = taken.clientSecret;
      else if ('ignored' in taken) ignored.push(taken.ignored);
    }
  }
  return { settings, clientSecret, problems, ignored };
}

/** What is wrong with a value, by the same rules as if it had been typed. A secret is not repeated. */
function problemOf(taken: Counterpart): string | undefined {
  if ('problem' in taken) return taken.problem;
  if ('ignored' in taken) return undefined;
  if ('clientSecret' in taken) {
    const parsed = parseSetting('clientSecret', taken.clientSecret);
    return 'problem' in parsed ? parsed.problem : undefined;
  }
  for (const [key, text] of Object.entries(taken.settings) as [SettingKey, string][]) {
    const parsed = parseSetting(key, text);
    if ('problem' in parsed) return `"${text}" ${parsed.problem}`;
  }
  return undefined;
}

/** The base, or a whole issuer such as `https://auth.pingone.eu/{environment ID}/as`, which says two things. */
function authorizationServer(value: string): Counterpart {
  const [, base, id, rest] = /^(https?:\/\/[^/?#]+)\/([^/]+)((?:\/[^?#]*)?)$/i.exec(value) ?? [];
  if (base === undefined || id === undefined) return { settings: { authUrl: value } };
  const parsed = uuid(id);
  if ('problem' in parsed) return { settings: { authUrl: value } };
  return rest === '' || rest === '/' || rest === '/as' || rest === '/as/'
    ? { settings: { authUrl: base, environmentId: parsed.value } }
    : { problem: `"${value}" is the address of one endpoint; use the base alone, such as ${base}` };
}

/** The value as one text, or why it is none. */
function oneText(key = '', given: PythonValue): { readonly value?: string; readonly why?: string } {
  switch (given.kind) {
    case 'text':
      return { value: given.text };
    case 'list': {
      if (!listKeys.has(key)) return { why: 'is a list, and must be one text' };
      return { value: given.members.find((member) => placeholder.test(member)) ?? given.members.join(' ') };
    }
    case 'unclear':
      return { why: given.why };
    default:
      return given satisfies never;
  }
}
