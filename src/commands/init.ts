import { readFile } from 'node:fs/promises';
import {
  type CommandContext,
  type ConfiguredContext,
  changing,
  type Declare,
  quietly,
  sessionIdentity,
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
  sourceInForce,
} from '../config/settings.ts';
import { ExitCode, Failure, messageOf, RunEnded } from '../errors.ts';
import { configFolder } from '../files/folders.ts';
import { isText } from '../json.ts';
import { type AuthMethod, authMethods, type ClientSettings } from '../oidc/client-settings.ts';
import { safeText } from '../output/safe-text.ts';
import { shellWord } from '../output/shell-words.ts';
import { waitSign } from '../output/wait-sign.ts';
import { consoleChecklist, consoleMethods, consolePlaces } from '../pingone/console-places.ts';
import { apiBaseOf, type Region } from '../pingone/endpoints.ts';
import type { Runtime } from '../runtime.ts';
import { writeClientSecret } from '../session/client-secret.ts';
import { rehearseStoring } from '../session/stored-session.ts';
import { ping14c, wording } from '../wording.ts';

interface InitOptions {
  readonly from?: string;
  /** Off with `--no-check`. */
  readonly check: boolean;
}

export const declare: Declare = (command, contexts) => {
  command
    .description('Set up a profile: ask for the settings, check them with PingOne, and save them.')
    .option('--from <file>', 'take over the config.cfg of Ping’s Python sample')
    .option('--no-check', 'do not ask PingOne whether the environment exists')
    .addHelpText(
      'before',
      examples(
        ['ping14c init', 'asks for everything'],
        ['ping14c init -P work --region eu', 'another profile; some is known'],
        ['ping14c init --from config.cfg', 'takes over what the Python sample had'],
      ),
    )
    .action(async (options: InitOptions) => {
      const context = changing(contexts.unconfigured(command));
      // The whole of init is quiet, because the terminal would show what is typed between two questions, a secret too.
      const next = await quietly(context, () => init(context, options));
      if (next === undefined) return;
      const exitCode = await context.run(next, context.runtime);
      if (exitCode !== ExitCode.done) throw new RunEnded(exitCode);
    });
};

/**
 * 1. What is known: flags, sample file, saved profile. 2. Ask for the rest, and check. 3. Save. 4. Say what to check.
 *
 * @returns the command line of the sign-in, where the person wants it now
 */
async function init(
  unconfigured: CommandContext,
  { from, check }: InitOptions,
): Promise<readonly string[] | undefined> {
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
  tellAssumedApi(context);
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
  await report(context, { profile: profiles[name] ?? values, checked, checklist });
  const isInForce = active === name && sourceInForce(runtime.env, { name, isNamed: false, values }) === 'profile';
  return offerLogin(context, isInForce ? ['login'] : ['login', '-P', name]);
}

/** An authorization server with an address of its own says nothing of where its API is, to which tokens will be sent. */
function tellAssumedApi({ output, settings: { origins, values } }: ConfiguredContext): void {
  if (origins.authUrl === undefined || origins.apiUrl !== undefined || origins.region.kind !== 'default') return;
  output.note(
    `whoami and passwd will use the API at ${apiBaseOf(values)}. If yours is another, pass --api-url or --region.`,
  );
}

/** Asks, checks, and tries the keychain before it is needed. */
async function settledSettings(
  unconfigured: CommandContext,
  known: NamedProfile,
  check: boolean,
): Promise<{ readonly context: ConfiguredContext; readonly checked: boolean }> {
  const { runtime, interactive, flags } = unconfigured;
  const resolved = (answers: SettingFlags) => resolveSettings({ ...flags, ...answers }, runtime.env, known);
  const { answers, checked } = await checkedAnswers(unconfigured, { known, resolved, check });
  const context = { ...unconfigured, settings: resolved(answers) };
  if (!interactive || (await keepsSessions(context))) return { context, checked };
  const inFile = { ...context, settings: resolved({ ...answers, store: 'file' }) };
  const { store } = await sessionParts(inFile);
  context.output.note(`Sessions will be kept in ${safeText(store.place)}.`);
  return { context: inFile, checked };
}

/**
 * Whether sessions can stay where the settings keep them; a private file is offered in place of a keychain that does not work.
 * Who has named the keychain in a variable would not get the file that is saved, and is told only.
 */
async function keepsSessions(context: ConfiguredContext): Promise<boolean> {
  const { runtime, settings, output } = context;
  const { values, origins } = settings;
  if (values.store !== 'keychain') return true;
  try {
    const trial = rehearseStoring(await sessionParts(context), sessionIdentity(context));
    await waitSign(runtime, output)('the keychain', trial);
    return true;
  } catch (error) {
    if (!(error instanceof Failure) || error.kind === 'interrupted') throw error;
    output.warn(error.message);
    if (origins.store.kind === 'environment') {
      if (error.hint) output.note(error.hint);
      return true;
    }
    const message = 'Keep the session in a private file instead?';
    return !(await runtime.prompt.confirm({ message, default: true }, runtime.signal));
  }
}

interface Questioning {
  readonly known: NamedProfile;
  readonly resolved: (answers: SettingFlags) => Settings;
  readonly check: boolean;
}

/** Where the check fails, the answers are not lost: a person goes on from them as they like. */
async function checkedAnswers(
  unconfigured: CommandContext,
  { known, resolved, check }: Questioning,
): Promise<{ readonly answers: SettingFlags; readonly checked: boolean }> {
  const { runtime, interactive, flags, output } = unconfigured;
  const asked = questions.filter(({ key }) => !needless(resolved({})).includes(key));
  let answers: SettingFlags = interactive ? await askForSettings(unconfigured, asked, flags, known.values) : {};
  let settings = resolved(answers);
  output.addDetails((failure) => blamedSettings(settings, failure));
  for (;;) {
    const context = { ...unconfigured, settings };
    // Without the IDs there is nothing to check, nor to save.
    const { issuer } = clientOf(settings, 'user');
    if (!check) return { answers, checked: false };
    const problem = await problemOf(context);
    if (!problem) {
      output.note(`${output.paintNote.green('✓')} Found ${safeText(issuer)}`);
      return { answers, checked: true };
    }
    const { failure, region } = problem;
    if (!interactive) throw failure;
    output.warn(failure.message);
    if (failure.hint) output.note(failure.hint);
    const step = await runtime.prompt.select(
      { message: 'What now?', choices: stepsOn, back: 'change' },
      runtime.signal,
    );
    if (step === 'end') throw givenUp(failure);
    if (step === 'save') return { answers, checked: false };
    if (step === 'change') {
      const { region: _refuted, ...otherFlags } = flags;
      const offered = { ...known.values, ...answers, ...(region ? { region } : {}) };
      answers = await askForSettings(unconfigured, asked, region ? otherFlags : flags, offered);
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
  { name: 'Save anyway', value: 'save' },
  { name: 'Quit without saving', value: 'end' },
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
    throw new Failure('usage', `${file} cannot be imported as it is.`, {
      code: 'sample_config_unfit',
      details: sample.problems.map((message) => ({ message })),
      hint: 'Fix these lines, or remove them and give the values as flags.',
    });
  }
  for (const line of sample.ignored) output.note(wording`Not imported: ${line}.`);
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
  const message = 'Client secret (your application → Overview; Enter: ask at each sign-in):';
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
  { output, settings }: ConfiguredContext,
  saved: {
    readonly profile: SavedProfile;
    readonly checked: boolean;
    readonly checklist: ReturnType<typeof checklistOf>;
  },
): Promise<void> {
  const { checklist } = saved;
  const tick = output.paintNote.green('✓');
  output.note(`${tick} Saved profile "${safeText(settings.profile)}". In the PingOne console, check:`);
  const lines = checklist.map(({ place, value }) => `  [ ] ${place}: ${safeText(value)}`);
  const document = {
    schemaVersion: 1,
    profile: settings.profile,
    settings: saved.profile,
    checked: saved.checked,
    checklist,
  };
  await output.result({ sentences: lines, document });
}

/** Returns the arguments where a person says yes: a second answer after a JSON document would be no JSON. */
async function offerLogin(
  { runtime, output, interactive }: ConfiguredContext,
  login: readonly string[],
): Promise<readonly string[] | undefined> {
  output.note('');
  if (interactive && !output.json) {
    const message = 'Sign in now?';
    const options = [...(output.debugging ? ['--debug'] : []), ...(output.paintNote.level === 0 ? ['--no-color'] : [])];
    if (await runtime.prompt.confirm({ message, default: true }, runtime.signal)) return [...login, ...options];
  }
  const line = login.map((word) => shellWord(word, runtime.platform)).join(' ');
  output.note(wording`Next: ${ping14c(line)}`);
  return undefined;
}

interface Question {
  readonly key: SettingKey;
  /** Asks for the value, and says in brackets where in the console it stands. */
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
  ...consoleMethods,
  none: `${consoleMethods.none} (no secret)`,
};

const questions: readonly Question[] = [
  {
    key: 'region',
    message: 'Region (the end of your console’s address):',
    choices: Object.entries(regionLabels).map(([value, name]) => ({ name, value })),
  },
  { key: 'environmentId', message: `Environment ID (${consolePlaces.environment}):` },
  { key: 'clientId', message: 'Client ID (your application → Overview):' },
  {
    key: 'authMethod',
    message: 'Token endpoint authentication method (Configuration):',
    choices: authMethods.map((value) => ({ name: authMethodLabels[value], value })),
  },
  { key: 'redirectUri', message: `Redirect URI (${consolePlaces.redirectUris}):` },
  { key: 'scope', message: 'Scopes (Resources):' },
  { key: 'customDomain', message: 'Custom domain (Enter: none):', optional: true },
];

/** What need not be asked: an authorization server with an address of its own is in no region. */
function needless({ origins }: Settings): readonly SettingKey[] {
  return origins.authUrl === undefined ? [] : ['region', 'customDomain'];
}

const goBack = '<';

/**
 * Asks for every setting that no flag gives, each with where to find it. What is known already is the answer offered.
 *
 * @returns the answers, each fitting its setting
 */
async function askForSettings(
  { runtime, output }: CommandContext,
  asked: readonly Question[],
  flags: SettingFlags,
  known: SavedProfile,
): Promise<SettingFlags> {
  const open = asked.filter(({ key }) => flags[key] === undefined);
  if (open.length > 0) output.note(`In brackets: where the console shows it. ${goBack} goes back.`);
  let answers: SettingFlags = {};
  for (let index = 0; index < open.length; ) {
    const question = open[index] as Question;
    const { key } = question;
    const offered = answers[key] ?? known[key];
    const back = index === 0 ? undefined : goBack;
    const answer = (await answerTo(question, isText(offered) ? offered : undefined, back, runtime)).trim();
    if (answer === goBack) {
      index -= 1;
      continue;
    }
    if (answer !== '') answers = { ...answers, [key]: answer };
    index += 1;
  }
  return answers;
}

async function answerTo(
  { key, message, choices, optional }: Question,
  offered: string | undefined,
  back: string | undefined,
  { prompt, signal }: Runtime,
): Promise<string> {
  const usual = offered ?? definitionOf(key).default;
  if (choices) return prompt.select({ message, choices, default: usual, back }, signal);
  const validate = (text: string) => {
    if (text.trim() === goBack) return back !== undefined || 'This is the first question.';
    if (text.trim() === '') return optional ? true : 'Please type an answer.';
    const parsed = parseSetting(key, text);
    return 'problem' in parsed ? `That ${parsed.problem}.` : true;
  };
  return prompt.input({ message, default: usual, validate }, signal);
}
