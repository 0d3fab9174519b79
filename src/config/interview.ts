import type { regions } from '../pingone/endpoints.ts';
import type { Runtime } from '../runtime.ts';
import { authMethods } from './connection-settings.ts';
import { consolePlaces } from './console-places.ts';
import { definitionOf, type SettingKey } from './definitions.ts';
import type { Profile } from './profile.ts';
import type { SettingFlags } from './settings.ts';

interface Question {
  readonly key: SettingKey;
  /** What is asked, and where in the console the answer stands. */
  readonly message: string;
  readonly choices?: readonly { readonly name: string; readonly value: string }[];
  readonly optional?: true;
}

const places: Readonly<Record<keyof typeof regions, string>> = {
  com: 'North America (pingone.com)',
  ca: 'Canada (pingone.ca)',
  eu: 'Europe (pingone.eu)',
  'com.au': 'Australia (pingone.com.au)',
  sg: 'Singapore (pingone.sg)',
  asia: 'Asia-Pacific (pingone.asia)',
};

const methods: Readonly<Record<(typeof authMethods)[number], string>> = {
  none: 'none: a native or single-page application (recommended)',
  client_secret_basic: 'client_secret_basic: a secret, in the header',
  client_secret_post: 'client_secret_post: a secret, in the body',
  client_secret_jwt: 'client_secret_jwt: a secret signs an assertion',
  private_key_jwt: 'private_key_jwt: a private key signs an assertion',
};

const questions: readonly Question[] = [
  {
    key: 'region',
    message: 'Region (the end of your console’s address):',
    choices: Object.entries(places).map(([value, name]) => ({ name, value })),
  },
  { key: 'environmentId', message: `Environment ID (console: your environment → ${consolePlaces.environment}):` },
  { key: 'clientId', message: `Client ID (console: ${consolePlaces.application} → Overview):` },
  {
    key: 'authMethod',
    message: 'Token endpoint authentication method (console: the application → Configuration):',
    choices: authMethods.map((value) => ({ name: methods[value], value })),
  },
  { key: 'redirectUri', message: 'Redirect URI, as registered (console: the application → Configuration):' },
  { key: 'scope', message: 'Scopes (console: the application → Resources):' },
  { key: 'customDomain', message: 'Custom domain, if the environment has one (empty: none):', optional: true },
];

/**
 * Asks for every setting that no flag gives, each with where to find it. What is known already is the answer offered.
 *
 * @returns the answers, each fitting its setting
 */
export async function askForSettings(runtime: Runtime, given: SettingFlags, known: Profile): Promise<SettingFlags> {
  let answers: SettingFlags = {};
  for (const { key, message, choices, optional } of questions) {
    if (given[key] !== undefined) continue;
    const { default: usual, parse } = definitionOf(key);
    const offered = known[key] ?? usual;
    const answer = choices
      ? await runtime.prompt.select({ message, choices, ...(offered ? { default: offered } : {}) }, runtime.signal)
      : await runtime.prompt.input(
          {
            message,
            ...(offered ? { default: offered } : {}),
            validate: (text) => {
              if (text.trim() === '') return optional ? true : 'An answer is needed.';
              const parsed = parse?.(text.trim()) ?? { value: text };
              return 'problem' in parsed ? `It ${parsed.problem}.` : true;
            },
          },
          runtime.signal,
        );
    if (answer.trim() !== '') answers = { ...answers, [key]: answer.trim() };
  }
  return answers;
}
