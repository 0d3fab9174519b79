import { readFile } from 'node:fs/promises';
import {
  type CommandContext,
  type ConfiguredContext,
  changing,
  type Declare,
  quietly,
  sessionParts,
} from '../cli/context.ts';
import { checkEnvironment } from '../cli/environment-check.ts';
import { examples } from '../cli/examples.ts';
import { blamedSettings } from '../config/blamed-settings.ts';
import {
  changeProfiles,
  type NamedProfile,
  type Profile,
  profileNamed,
  readProfiles,
  requireWritable,
  type SavedProfile,
  savedText,
} from '../config/profiles.ts';
import { readSampleConfig, type SampleConfig, sampleText } from '../config/sample-config.ts';
import { definitionOf, parseSetting, type SettingKey, settingKeys } from '../config/setting-definitions.ts';
import {
  clientOf,
  fittingSecret,
  required,
  resolveSettings,
  type SettingFlags,
  type Settings,
} from '../config/settings.ts';
import { Failure, messageOf } from '../errors.ts';
import { configFolder } from '../files/folders.ts';
import { isText } from '../json.ts';
import { type AuthMethod, authMethods, type ClientSettings } from '../oidc/client-settings.ts';
import { safeText } from '../output/safe-text.ts';
import { shellWord } from '../output/shell-words.ts';
import { consoleChecklist, consolePlaces } from '../pingone/console-places.ts';
import type { Region } from '../pingone/endpoints.ts';
import type { Runtime } from '../runtime.ts';
import { writeClientSecret } from '../session/client-secret.ts';
import { ping14c, wording } from '../wording.ts';

interface InitOptions {
  readonly from?: string;
  /** Off with `--no-check`. */
  readonly check: boolean;
}

export const declare: Declare = (command, contexts) => {
  command
    .description('Set up a profile: asks for the settings, checks them against PingOne, and saves them.')
    .option('--from <file>', 'take over the config.cfg of Ping’s Python sample')
    .option('--no-check', 'do not ask PingOne whether the environment exists')
    .addHelpText(
      'before',
      examples(
        ['ping14c init', 'asks for everything'],
        ['ping14c init -P work --region eu', 'another profile; some is known'],
        ['ping14c init --region eu --environment-id ID --client-id ID --no-input', ''],
      ),
    )
    .action(async (options: InitOptions) => {
      const context = changing(contexts.unconfigured(command));
      // The whole of init is quiet, because the terminal would show what is typed between two questions, a secret too.
      return quietly(context, () => init(context, options));
    });
};

/** 1. What is known: flags, sample file, saved profile. 2. Ask for the rest, and check. 3. Save. 4. Say what to check. */
async function init(unconfigured: CommandContext, { from, check }: InitOptions): Promise<void> {
  const { runtime, flags, namedProfile, interactive } = unconfigured;
  const folder = configFolder(unconfigured);
  const saved = await readProfiles(folder);
  const name = namedProfile ?? saved.active;
  const sample = from === undefined ? undefined : await sampleFrom(from, unconfigured);
  const known: SavedProfile = { ...profileNamed(saved, name), ...sample?.settings };
  await requireWritable(folder);
  const imported = from !== undefined && sample ? { file: from, values: sample.settings } : undefined;
  // Answers and a file are for the profile that is being set up, as if it had been named.
  const isNamed = namedProfile !== undefined || interactive || sample !== undefined;
  // Nobody is asked seven questions to be told at their end that a variable holds nonsense.
  resolveSettings(flags, runtime.env, { name, isNamed, values: {} });
  const given = { name, isNamed, values: known, folder, imported };
  const { context, checked } = await settledSettings(unconfigured, given, check);
  // Before anything is saved, because a saved value that is unfit shows itself only when it is read.
  const checklist = checklistOf(context.settings);
  const secret = sample?.clientSecret ?? (await askForSecret(context));
  const values = valuesToSave(context);
  const { active, profiles } = await changeProfiles(folder, runtime, (found) => ({
    active: Object.keys(found.profiles).length === 0 ? name : found.active,
    profiles: { ...found.profiles, [name]: { ...profileNamed(found, name), ...values } },
  }));
  const savedProfile = `Profile "${safeText(name)}" is saved`;
  context.output.ifInterrupted(
    `${savedProfile}${secret === undefined ? '' : '; whether its client secret was kept is not known'}.`,
  );
  // After the profile, which a keychain that is locked must not cost.
  if (secret !== undefined) await keepSecret(context, clientOf(context.settings, 'user'), secret);
  await report(context, { profile: profiles[name] ?? values, active: active === name, checked, checklist });
}

/** Asks and checks. Where the check fails, the answers are not lost: a person goes on from them as they like. */
async function settledSettings(
  unconfigured: CommandContext,
  known: NamedProfile,
  check: boolean,
): Promise<{ readonly context: ConfiguredContext; readonly checked: boolean }> {
  const { runtime, interactive, flags, output } = unconfigured;
  const resolved = (answers: SettingFlags) => resolveSettings({ ...flags, ...answers }, runtime.env, known);
  let answers: SettingFlags = interactive ? await askForSettings(runtime, flags, known.values) : {};
  let settings = resolved(answers);
  output.addDetails((failure) => blamedSettings(settings, failure));
  for (;;) {
    const context = { ...unconfigured, settings };
    // Without the IDs there is nothing to check, nor to save.
    const { issuer } = clientOf(settings, 'user');
    if (!check) return { context, checked: false };
    const problem = await problemOf(context);
    if (!problem) {
      output.note(`Found ${safeText(issuer)}`);
      return { context, checked: true };
    }
    const { failure, region } = problem;
    if (!interactive) throw failure;
    output.warn(failure.message);
    if (failure.hint) output.note(failure.hint);
    const step = await runtime.prompt.select({ message: 'What now?', choices: stepsOn }, runtime.signal);
    if (step === 'end') throw givenUp(failure);
    if (step === 'save') return { context, checked: false };
    if (step === 'change') {
      const { region: _refuted, ...otherFlags } = flags;
      const offered = { ...known.values, ...answers, ...(region ? { region } : {}) };
      answers = await askForSettings(runtime, region ? otherFlags : flags, offered);
      settings = resolved(answers);
    }
  }
}

interface CheckProblem {
  readonly failure: Failure;
  /** Where the environment is instead: then it is the answer offered, and asked for even where a flag gave another. */
  readonly region?: Region;
}

async function problemOf(context: ConfiguredContext): Promise<CheckProblem | undefined> {
  try {
    const check = await checkEnvironment(context);
    return check.kind === 'elsewhere' ? check : undefined;
  } catch (error) {
    if (!(error instanceof Failure) || error.kind === 'interrupted') throw error;
    return { failure: error };
  }
}

/** What is wrong has been said before the question. */
function givenUp(error: Failure): Failure {
  const { kind, code, correlationId } = error;
  const message = 'Nothing was saved, because the check failed.';
  return new Failure(kind, message, { code, correlationId, cause: error });
}

const stepsOn = [
  { name: 'Try again', value: 'again' },
  { name: 'Change an answer', value: 'change' },
  { name: 'Save it anyway', value: 'save' },
  { name: 'End without saving', value: 'end' },
] as const;

async function sampleFrom(file: string, { output }: CommandContext): Promise<SampleConfig> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new Failure('usage', `${file} cannot be read: ${messageOf(error)}`, {
      code: 'file_unreadable',
      cause: error,
    });
  });
  const sample = readSampleConfig(sampleText(bytes));
  if (sample.problems.length > 0) {
    throw new Failure('usage', `${file} cannot be taken over as it is.`, {
      code: 'sample_config_unfit',
      details: sample.problems.map((message) => ({ message })),
      hint: 'Correct these lines, or remove them and give the values as flags.',
    });
  }
  for (const line of sample.ignored) output.note(wording`Not taken over: ${line}.`);
  return sample;
}

/** Asks for the secret, where the client needs one. One from the environment stays there, and is not saved. */
async function askForSecret({
  runtime,
  settings,
  interactive,
  output,
}: ConfiguredContext): Promise<string | undefined> {
  const { authMethod, clientSecret } = settings.values;
  if (!authMethod?.startsWith('client_secret') || clientSecret) return undefined;
  if (!interactive) {
    output.note(
      wording`The client secret is not saved: set PING14C_CLIENT_SECRET, or run ${ping14c('init')} in a terminal.`,
    );
    return undefined;
  }
  const message = 'Client secret (console: the application → Overview; empty: ask at each sign-in):';
  const secret = await runtime.prompt.password({ message }, runtime.signal);
  return secret === '' ? undefined : fittingSecret('clientSecret', secret);
}

async function keepSecret(context: ConfiguredContext, client: ClientSettings, secret: string): Promise<void> {
  const { store } = await sessionParts(context);
  context.output.hide(secret);
  await writeClientSecret(store, client, secret);
  const kept = `The client secret is kept in ${safeText(store.place)}.`;
  context.output.ifInterrupted(`Profile "${safeText(context.settings.profile)}" is saved. ${kept}`);
  context.output.note(kept);
}

/** What the person has typed, now or before. Values from the environment stay there, and defaults may change. */
function valuesToSave({ settings }: ConfiguredContext): Profile {
  const given = settingKeys.filter((key) => ['flag', 'file'].includes(settings.origins[key]?.kind ?? 'default'));
  return Object.fromEntries(given.map((key) => [key, savedText(key, required(settings, key))]));
}

function checklistOf({ values }: Settings) {
  const { authMethod = 'none', redirectUri, scope, grant, responseType, postLogoutRedirectUri } = values;
  return consoleChecklist({ authMethod, redirectUri, scope, grant, responseType, postLogoutRedirectUri });
}

async function report(
  { output, settings, runtime }: ConfiguredContext,
  saved: {
    readonly profile: SavedProfile;
    readonly active: boolean;
    readonly checked: boolean;
    readonly checklist: ReturnType<typeof checklistOf>;
  },
): Promise<void> {
  const { checklist } = saved;
  output.note(`Profile "${safeText(settings.profile)}" saved.\n\nIn the PingOne console, check:`);
  const lines = checklist.map(({ place, value }) => `  [ ] ${place}: ${safeText(value)}`);
  const document = {
    schemaVersion: 1,
    profile: settings.profile,
    settings: saved.profile,
    checked: saved.checked,
    checklist,
  };
  await output.result({ sentences: lines, document });
  output.note(
    wording`\nThen sign in with ${ping14c(`login${saved.active ? '' : ` -P ${shellWord(settings.profile, runtime.platform)}`}`)}.`,
  );
}

interface Question {
  readonly key: SettingKey;
  /** Asks for the value, and says where in the console it stands. */
  readonly message: string;
  readonly choices?: readonly { readonly name: string; readonly value: string }[];
  readonly optional?: true;
}

const regionLabels: Readonly<Record<Region, string>> = {
  com: 'North America (pingone.com)',
  ca: 'Canada (pingone.ca)',
  eu: 'Europe (pingone.eu)',
  'com.au': 'Australia (pingone.com.au)',
  sg: 'Singapore (pingone.sg)',
  asia: 'Asia-Pacific (pingone.asia)',
};

const authMethodLabels: Readonly<Record<AuthMethod, string>> = {
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
    choices: Object.entries(regionLabels).map(([value, name]) => ({ name, value })),
  },
  { key: 'environmentId', message: `Environment ID (console: your environment → ${consolePlaces.environment}):` },
  { key: 'clientId', message: `Client ID (console: ${consolePlaces.application} → Overview):` },
  {
    key: 'authMethod',
    message: 'Token endpoint authentication method (console: the application → Configuration):',
    choices: authMethods.map((value) => ({ name: authMethodLabels[value], value })),
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
async function askForSettings(runtime: Runtime, flags: SettingFlags, known: SavedProfile): Promise<SettingFlags> {
  let answers: SettingFlags = {};
  for (const { key, message, choices, optional } of questions) {
    if (flags[key] !== undefined) continue;
    const saved = known[key];
    const offered = isText(saved) ? saved : definitionOf(key).default;
    const answer = choices
      ? await runtime.prompt.select({ message, choices, default: offered }, runtime.signal)
      : await runtime.prompt.input(
          {
            message,
            default: offered,
            validate: (text) => {
              if (text.trim() === '') return optional ? true : 'An answer is needed.';
              const parsed = parseSetting(key, text);
              return 'problem' in parsed ? `It ${parsed.problem}.` : true;
            },
          },
          runtime.signal,
        );
    if (answer.trim() !== '') answers = { ...answers, [key]: answer.trim() };
  }
  return answers;
}
