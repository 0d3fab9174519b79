import { ping14c, type Wording, wording } from '../wording.ts';
import type { SettingKey } from './setting-definitions.ts';

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
  | { readonly ignored: Wording };

/** For each setting of pingidentity/pingone-sample-python, `config.cfg`, what stands for it here. */
const counterparts: Readonly<Record<string, (value: string) => Counterpart>> = {
  // The sample's addresses end in a slash.
  AUTH_URL: (value) => ({ settings: { authUrl: value } }),
  API_URL: (value) => ({ settings: { apiUrl: value } }),
  ENVIRONMENT_ID: (value) => ({ settings: { environmentId: value } }),
  CLIENT_ID: (value) => ({ settings: { clientId: value } }),
  CLIENT_SECRET: (value) => ({ clientSecret: value }),
  // Only the path is taken over: the host is where the sample's web server runs, and ours is the temporary listener.
  OAUTH_REDIRECT_PATH: (value) => ({ settings: { redirectUri: `https://127.0.0.1/${value.replace(/^\/+/, '')}` } }),
  SCOPE: (value) => ({ settings: { scope: value } }),
  MAX_AGE: (value) => ({ settings: { maxAge: value } }),
  PROMPT: (value) => ({ settings: { prompt: value } }),
  GRANT_TYPE: (value) =>
    value === 'client_credentials'
      ? {
          ignored: wording`GRANT_TYPE=client_credentials: use ${ping14c('token --client-credentials')} when you need it`,
        }
      : { settings: { grant: value } },
  RESPONSE_TYPE: (value) => ({ settings: { responseType: value } }),
  TOKEN_AUTH_METHOD: (value) => ({ settings: { authMethod: value } }),
  LOGOUT_URI: (value) => ({ settings: { postLogoutRedirectUri: value } }),
  DEBUG: () => ({ ignored: 'DEBUG: use --debug on the command that you look into' }),
  ENV: () => ({ ignored: 'ENV: says how Flask runs, which nothing here does' }),
};

/**
 * Reads the sample's Python-flavoured INI: `KEY = 'value'`, numbers and `True`/`False` bare, `#` comments, sections ignored.
 * Empty values are left out, placeholders such as `'<environment_id>'` are refused by name.
 */
export function readSampleConfig(text: string): SampleConfig {
  let settings: SampleConfig['settings'] = {};
  let clientSecret: string | undefined;
  const problems: string[] = [];
  const ignored: Wording[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:[#;]|\[.*\]|$)/.test(line)) continue;
    const at = `line ${index + 1}`;
    const assignment = /^\s*([A-Za-z_]+)\s*[=:](.*)$/s.exec(line);
    const key = assignment?.[1]?.toUpperCase() ?? '';
    const value = plainValue(assignment?.[2] ?? '');
    const counterpart = counterparts[key];
    if (!assignment) problems.push(`${at} is not of the form KEY = 'value'`);
    else if (!counterpart) problems.push(`${at}: ${key} is no setting of the sample`);
    else if (value === undefined) problems.push(`${at}: the value of ${key} has an opening quote and no closing one`);
    else if (/^<.*>$/.test(value)) problems.push(`${at}: ${key} still holds the placeholder ${value}`);
    else if (value !== '' && value !== 'None') {
      const taken = counterpart(value);
      if ('settings' in taken) settings = { ...settings, ...taken.settings };
      else if ('clientSecret' in taken) clientSecret = taken.clientSecret;
      else ignored.push(taken.ignored);
    }
  }
  return { settings, clientSecret, problems, ignored };
}

/**
 * Takes quotes and a trailing comment off. Returns `undefined` where a quote is left open. Each expression has one way only to
 * match a text, so that none takes more than linear time (docs/security.md, rule 36).
 */
function plainValue(text: string): string | undefined {
  const quoted = /^(['"])((?:\\.|(?!\1)[^\\])*)\1\s*(?:[#;].*)?$/s.exec(text.trim());
  if (quoted) return (quoted[2] ?? '').replace(/\\(.)/gs, '$1');
  if (/^['"]/.test(text.trim())) return undefined;
  return text.replace(/(?<!\s)\s+[#;].*$/s, '').trim();
}
