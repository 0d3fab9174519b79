import {
  type CommandContext,
  type ConfiguredContext,
  changing,
  type Declare,
  quietly,
  sessionParts,
} from '../cli/context.ts';
import { examples } from '../cli/examples.ts';
import { OfferingArgument, offerSettings, offerSettingValues } from '../cli/offers.ts';
import { readSecretLines } from '../cli/secret-lines.ts';
import {
  changeProfiles,
  profileNamed,
  profilesFile,
  readProfiles,
  type SavedProfile,
  savedText,
  unknownSettings,
} from '../config/profiles.ts';
import {
  definitionOf,
  parseSetting,
  type SettingKey,
  settingKeys,
  settingName,
  settingNamed,
} from '../config/setting-definitions.ts';
import { clientOf, fittingSecret, settingDocument, shownSetting, shownSettings } from '../config/settings.ts';
import { Failure } from '../errors.ts';
import { configFolder } from '../files/folders.ts';
import { didYouMean } from '../output/did-you-mean.ts';
import type { Output } from '../output/output.ts';
import { safeText } from '../output/safe-text.ts';
import { table } from '../output/table.ts';
import { clearClientSecret, writeClientSecret } from '../session/client-secret.ts';
import { ping14c, wording } from '../wording.ts';

export const declare: Declare = (command, contexts) => {
  command
    .description('Show and change the settings of a profile, without questions.')
    .usage('<command>')
    .addHelpText(
      'before',
      examples(
        ['ping14c config list', 'every setting, and where it came from'],
        ['ping14c config set region eu -P work', 'saves one in a profile'],
        ['ping14c config set client-secret', 'asks for it'],
      ),
    );
  command
    .command('list')
    .description('every setting, its value, and where that came from')
    .action(async (_options, list) => listSettings(await contexts.configured(list)));
  command
    .command('get')
    .addArgument(new OfferingArgument('<setting>', '', offerSettings))
    .description('the value of one setting')
    .action(async (name: string, _options, get) => printSetting(await contexts.configured(get), keyNamed(name)));
  command
    .command('set')
    .addArgument(new OfferingArgument('<setting>', '', offerSettings))
    .addArgument(new OfferingArgument('[value]', '', offerSettingValues))
    .description('save a setting; a secret is asked for, or piped in')
    .action(async (name: string, value: string | undefined, _options, set) => {
      const key = keyNamed(name);
      const context = changing(contexts.unconfigured(set));
      if (definitionOf(key).secret)
        return quietly(context, async () => setSecret(await contexts.configured(set), key, value));
      return change(context, key, requireValue(key, value));
    });
  command
    .command('unset')
    .addArgument(new OfferingArgument('<setting>', '', offerSettings))
    .description('remove a setting from the profile')
    .action(async (name: string, _options, unset) => {
      const key = keyNamed(name);
      const context = changing(contexts.unconfigured(unset));
      if (definitionOf(key).secret) return unsetSecret(await contexts.configured(unset), key);
      return change(context, key, undefined);
    });
  command
    .command('path')
    .description('where the profiles are kept')
    .action(async (_options, path) => {
      const context = contexts.unconfigured(path);
      const file = profilesFile(configFolder(context));
      await context.output.result({ text: file, document: { schemaVersion: 1, path: file } });
    });
};

async function listSettings(context: ConfiguredContext): Promise<void> {
  const { settings, output } = context;
  const folder = configFolder(context);
  const unknown = unknownSettings(profileNamed(await readProfiles(folder), settings.profile) ?? {});
  for (const name of unknown) {
    output.warn(
      `Profile "${settings.profile}" has a setting "${name}" that this version does not know: ` +
        `it is kept, and ignored. If the name is wrong, fix it in ${profilesFile(folder)}.`,
    );
  }
  for (const { message, hint = '' } of settings.unfit.values()) output.warn(wording`${message} ${hint}`);
  const rows = shownSettings(settings);
  await output.result({
    text: table(
      ['SETTING', 'FROM', 'VALUE'],
      rows.map(({ name, from, shown }) => [name, from, shown ?? '']),
      output,
    ),
    document: {
      schemaVersion: 1,
      profile: settings.profile,
      settings: rows.map(settingDocument),
    },
  });
}

async function printSetting({ settings, output }: ConfiguredContext, key: SettingKey): Promise<void> {
  const problem = settings.unfit.get(key);
  if (problem) throw problem;
  const setting = shownSetting(settings, key);
  if (setting.shown === undefined) {
    const { secret, variables } = definitionOf(key);
    const set = ping14c(`config set ${settingName(key)}${secret ? '' : ' VALUE'}`);
    throw new Failure('failed', `${settingName(key)} is not set${secret ? ' in the environment' : ''}.`, {
      code: 'setting_missing',
      hint: secret
        ? wording`Set ${variables[0]}. One that ${set} has saved is used, but never shown.`
        : wording`Set it with ${set} or ${variables[0]}.`,
    });
  }
  await output.result({
    text: setting.shown,
    document: { schemaVersion: 1, ...settingDocument(setting) },
  });
}

/** Saves or removes one value, and says which profile changed. No settings are resolved, because they may be what is broken. */
async function change(context: CommandContext, key: SettingKey, value: string | undefined): Promise<void> {
  const { runtime, output, namedProfile } = context;
  const text = value === undefined ? undefined : fittingText(key, value);
  let changed = false;
  const { active } = await changeProfiles(configFolder(context), runtime, (saved) => {
    const profile = namedProfile ?? saved.active;
    const { [key]: previous, ...others }: SavedProfile = profileNamed(saved, profile) ?? {};
    changed = text !== undefined || previous !== undefined;
    const values: SavedProfile = text === undefined ? others : { ...others, [key]: text };
    return changed ? { ...saved, profiles: { ...saved.profiles, [profile]: values } } : saved;
  });
  const profile = namedProfile ?? active;
  if (!changed) {
    output.note(`Nothing was changed: ${settingName(key)} is not set in profile "${safeText(profile)}".`);
    return;
  }
  const done = `${settingName(key)} ${text === undefined ? 'removed from' : 'saved in'} profile "${safeText(profile)}".`;
  output.ifInterrupted(done);
  output.note(done);
  if (output.json) {
    const document = { schemaVersion: 1, profile, name: settingName(key), value: text ?? null };
    await output.result({ text: '', document });
  }
}

function requireValue(key: SettingKey, value: string | undefined): string {
  if (value !== undefined) return value;
  throw new Failure('usage', `The value of ${settingName(key)} is missing.`, {
    code: 'value_missing',
    hint: wording`Run ${ping14c(`config set ${settingName(key)} VALUE`)}.`,
  });
}

/** Keeps a secret beside the sessions. It is not taken from the command line, which others can read and shells remember. */
async function setSecret(context: ConfiguredContext, key: SettingKey, value: string | undefined): Promise<void> {
  const { runtime, output, interactive } = context;
  if (value !== undefined) {
    throw new Failure(
      'usage',
      `The ${definitionOf(key).label} is a secret: give it another way than on the command line, where others can read it.`,
      {
        code: 'secret_on_command_line',
        hint: `Leave the value out to be asked for it, pipe it in, or set ${definitionOf(key).variables[0]}.`,
      },
    );
  }
  const message = `The ${definitionOf(key).label}:`;
  const secret = interactive
    ? await runtime.prompt.password({ message }, runtime.signal)
    : (await readSecretLines(runtime.stdin, { names: [definitionOf(key).label] }, runtime.signal))[0];
  const { store } = await sessionParts(context);
  const fitting = fittingSecret(key, requireValue(key, secret || undefined));
  output.hide(fitting);
  output.ifInterrupted(`The ${definitionOf(key).label} may have been saved, or not.`);
  await writeClientSecret(store, secretOwner(context, key), fitting);
  await reportSecret(output, key, `is kept in ${store.place}`);
}

async function unsetSecret(context: ConfiguredContext, key: SettingKey): Promise<void> {
  const { store } = await sessionParts(context);
  context.output.ifInterrupted(`The ${definitionOf(key).label} may have been removed, or not.`);
  const removed = await clearClientSecret(store, secretOwner(context, key));
  await reportSecret(context.output, key, removed ? `removed from ${store.place}` : `was not in ${store.place}`);
}

function secretOwner({ settings }: ConfiguredContext, key: SettingKey) {
  return clientOf(settings, key === 'workerClientSecret' ? 'application' : 'user');
}

async function reportSecret(output: Output, key: SettingKey, outcome: string): Promise<void> {
  const done = `The ${definitionOf(key).label} ${safeText(outcome)}.`;
  output.ifInterrupted(done);
  output.note(done);
  if (output.json)
    await output.result({ text: '', document: { schemaVersion: 1, name: settingName(key), value: null } });
}

function fittingText(key: SettingKey, value: string): string {
  const parsed = parseSetting(key, value);
  if ('problem' in parsed) {
    const meant = didYouMean(value, parsed.known ?? []);
    throw new Failure('usage', `The ${definitionOf(key).label} "${value}" ${parsed.problem}.`, {
      code: 'invalid_setting',
      hint: wording`${meant}Type ${ping14c(`config set ${settingName(key)} VALUE`)} with a valid value.`,
    });
  }
  return savedText(key, parsed.value);
}

function keyNamed(name: string): SettingKey {
  const key = settingNamed(name);
  if (key) return key;
  const names = settingKeys.map(settingName);
  throw new Failure('usage', `There is no setting "${name}".`, {
    code: 'unknown_setting',
    hint: `${didYouMean(name, names)}Settings: ${names.join(', ')}.`,
  });
}
