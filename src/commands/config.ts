import { resolve } from 'node:path';
import { type Declare, type Invocation, quietly, sessionParts, type Workplace } from '../cli/context.ts';
import { readSecretLines } from '../cli/secret-lines.ts';
import { type Profile, profilesFile, readProfiles, saveProfiles } from '../config/profiles.ts';
import {
  definitionOf,
  definitions,
  type SettingKey,
  settingName,
  settingNamed,
} from '../config/setting-definitions.ts';
import { chosenClient, settingDocument, shownSettings, shownValue } from '../config/settings.ts';
import { Failure } from '../errors.ts';
import { configFolder } from '../files/folders.ts';
import type { Output } from '../output/output.ts';
import { safeText } from '../output/safe-text.ts';
import { table } from '../output/table.ts';
import { clearClientSecret, writeClientSecret } from '../session/client-secret.ts';

export const declare: Declare = (command, start, open) => {
  command.description('Show and change the settings of a profile, without questions.');
  command
    .command('list')
    .description('every setting, its value, and where that came from')
    .action(async (_options, list) => listSettings(await start(list)));
  command
    .command('get <setting>')
    .description('the value of one setting')
    .action(async (name: string, _options, get) => printSetting(await start(get), keyNamed(name)));
  command
    .command('set <setting> [value]')
    .description('save a setting in the profile (-P, else the active one); a secret is asked for, or read from a pipe')
    .action(async (name: string, value: string | undefined, _options, set) => {
      const key = keyNamed(name);
      if (definitionOf(key).secret) return quietly(open(set), async () => setSecret(await start(set), key, value));
      return change(open(set), key, given(key, value));
    });
  command
    .command('unset <setting>')
    .description('remove a setting from the profile')
    .action(async (name: string, _options, unset) => {
      const key = keyNamed(name);
      if (definitionOf(key).secret) return unsetSecret(await start(unset), key);
      return change(open(unset), key, undefined);
    });
  command
    .command('path')
    .description('where the profiles are kept')
    .action(async (_options, path) => {
      const workplace = open(path);
      const file = profilesFile(configFolder(workplace));
      await workplace.output.result({ text: file, document: { schemaVersion: 1, path: file } });
    });
};

async function listSettings({ settings, output }: Invocation): Promise<void> {
  const rows = shownSettings(settings);
  await output.result({
    text: table(
      ['SETTING', 'FROM', 'VALUE'],
      rows.map(({ name, from, shown }) => [name, from, shown ?? '']),
      output,
      'whole',
    ),
    document: {
      schemaVersion: 1,
      profile: settings.profile,
      settings: rows.map(settingDocument),
    },
  });
}

async function printSetting({ settings, output }: Invocation, key: SettingKey): Promise<void> {
  const setting = settings.all[key];
  const shown = shownValue(key, setting);
  if (!setting || shown === undefined) {
    const { secret, variables } = definitionOf(key);
    const set = `"ping14c config set ${settingName(key)}${secret ? '' : ' VALUE'}"`;
    throw new Failure('failed', `${settingName(key)} is not set${secret ? ' in the environment' : ''}.`, {
      code: 'setting_missing',
      hint: secret
        ? `Set ${variables[0]}. One that ${set} has put beside the sessions is used, and never shown.`
        : `Set it with ${set} or ${variables[0]}.`,
    });
  }
  await output.result({
    text: shown,
    document: { schemaVersion: 1, name: settingName(key), value: shown, origin: setting.origin },
  });
}

/** Saves or removes one value, and says which profile changed. The settings are not resolved: they may be what is broken. */
async function change(workplace: Workplace, key: SettingKey, value: string | undefined): Promise<void> {
  const { output, namedProfile } = workplace;
  const folder = configFolder(workplace);
  const saved = await readProfiles(folder);
  const profile = namedProfile ?? saved.active;
  const { [key]: previous, ...others }: Profile = saved.profiles[profile] ?? {};
  if (value === undefined && previous === undefined) {
    output.note(`${settingName(key)} was not set in profile "${safeText(profile)}"; nothing changed.`);
    return;
  }
  const values: Profile = value === undefined ? others : { ...others, [key]: fitting(key, value) };
  await saveProfiles(folder, { ...saved, profiles: { ...saved.profiles, [profile]: values } });
  const done = value === undefined ? 'removed from' : 'saved in';
  output.note(`${settingName(key)} ${done} profile "${safeText(profile)}".`);
  if (output.json) {
    const document = { schemaVersion: 1, profile, name: settingName(key), value: values[key] ?? null };
    await output.result({ text: '', document });
  }
}

function given(key: SettingKey, value: string | undefined): string {
  if (value !== undefined) return value;
  throw new Failure('usage', `The value of ${settingName(key)} is missing.`, {
    code: 'value_missing',
    hint: `Type "ping14c config set ${settingName(key)} VALUE".`,
  });
}

/** Puts a secret where sessions are kept. Never from the command line, which others can read and shells remember. */
async function setSecret(invocation: Invocation, key: SettingKey, value: string | undefined): Promise<void> {
  const { runtime, output, interactive } = invocation;
  if (value !== undefined) {
    throw new Failure('usage', `The ${definitionOf(key).label} is a secret; it is not taken from the command line.`, {
      code: 'secret_on_command_line',
      hint: `Leave it out to be asked, pipe it in, or set ${definitionOf(key).variables[0]}.`,
    });
  }
  const message = `The ${definitionOf(key).label}:`;
  const secret = interactive
    ? await runtime.prompt.password({ message }, runtime.signal)
    : (await readSecretLines(runtime.stdin, { names: [definitionOf(key).label] }, runtime.signal))[0];
  const { store } = await sessionParts(invocation);
  await writeClientSecret(store, secretOwner(invocation, key), given(key, secret || undefined));
  await saidOfSecret(output, key, `is kept in ${store.place}`);
}

async function unsetSecret(invocation: Invocation, key: SettingKey): Promise<void> {
  const { store } = await sessionParts(invocation);
  const removed = await clearClientSecret(store, secretOwner(invocation, key));
  await saidOfSecret(invocation.output, key, removed ? `removed from ${store.place}` : `was not in ${store.place}`);
}

function secretOwner({ settings }: Invocation, key: SettingKey) {
  return chosenClient(settings, key === 'workerClientSecret' ? 'application' : 'user');
}

async function saidOfSecret(output: Output, key: SettingKey, what: string): Promise<void> {
  output.note(`The ${definitionOf(key).label} ${what}.`);
  if (output.json)
    await output.result({ text: '', document: { schemaVersion: 1, name: settingName(key), value: null } });
}

function fitting(key: SettingKey, value: string): string {
  const { parse } = definitionOf(key);
  const parsed = parse?.(value.trim()) ?? { value };
  if ('problem' in parsed) {
    throw new Failure('usage', `The ${definitionOf(key).label} "${value}" ${parsed.problem}.`, {
      code: 'invalid_setting',
      hint: `Type "ping14c config set ${settingName(key)} VALUE" with a value that fits.`,
    });
  }
  // A profile is used from every folder.
  return key === 'caFile' || key === 'privateKey' ? resolve(parsed.value) : parsed.value;
}

function keyNamed(name: string): SettingKey {
  const key = settingNamed(name);
  if (key) return key;
  throw new Failure('usage', `There is no setting "${name}".`, {
    code: 'unknown_setting',
    hint: `Settings: ${(Object.keys(definitions) as SettingKey[]).map(settingName).join(', ')}.`,
  });
}
