import type { Declare, Workplace } from '../cli/context.ts';
import { type Profiles, readProfiles, saveProfiles } from '../config/profiles.ts';
import { Failure } from '../errors.ts';
import { configFolder } from '../files/folders.ts';
import { safeText } from '../output/safe-text.ts';
import { table } from '../output/table.ts';

export const declare: Declare = (command, _start, open) => {
  command.description('Show, choose and remove profiles: named sets of settings.');
  command
    .command('list')
    .description('every profile; the active one is marked')
    .action(async (_options, list) => listProfiles(open(list)));
  command
    .command('use <name>')
    .description('make a profile the one that is used when none is named')
    .action(async (name: string, _options, use) => useProfile(open(use), name));
  command
    .command('remove <name>')
    .description('remove a profile; sign out of it first with "ping14c logout -P NAME"')
    .action(async (name: string, _options, remove) => removeProfile(open(remove), name));
};

async function listProfiles(workplace: Workplace): Promise<void> {
  const { output } = workplace;
  const { active, profiles } = await readProfiles(configFolder(workplace));
  const names = Object.keys(profiles).sort();
  if (names.length === 0) output.note('No profile is saved. Make one with "ping14c init" or "ping14c sandbox".');
  await output.result({
    text: table(
      ['', 'PROFILE', 'ENVIRONMENT ID', 'CLIENT ID'],
      names.map((name) => {
        const { environmentId = '', clientId = '' } = profiles[name] ?? {};
        return [name === active ? '*' : '', safeText(name), safeText(environmentId), safeText(clientId)];
      }),
      output,
      'whole',
    ),
    document: {
      schemaVersion: 1,
      active,
      profiles: names.map((name) => ({ name, active: name === active, settings: profiles[name] })),
    },
  });
}

async function useProfile(workplace: Workplace, name: string): Promise<void> {
  const saved = await profilesWith(workplace, name);
  await save(workplace, { ...saved, active: name }, `Profile "${safeText(name)}" is now used when none is named.`);
}

async function removeProfile(workplace: Workplace, name: string): Promise<void> {
  const saved = await profilesWith(workplace, name);
  const { [name]: _removed, ...profiles } = saved.profiles;
  const active = saved.active === name ? 'default' : saved.active;
  await save(workplace, { active, profiles }, `Profile "${safeText(name)}" removed; "${safeText(active)}" is active.`);
}

async function profilesWith(workplace: Workplace, name: string): Promise<Profiles> {
  const saved = await readProfiles(configFolder(workplace));
  if (Object.hasOwn(saved.profiles, name)) return saved;
  throw new Failure('usage', `There is no profile "${name}".`, {
    code: 'profile_missing',
    hint: `Known profiles: ${Object.keys(saved.profiles).join(', ') || 'none'}.`,
  });
}

async function save(workplace: Workplace, saved: Profiles, said: string): Promise<void> {
  const { output } = workplace;
  await saveProfiles(configFolder(workplace), saved);
  output.note(said);
  if (!output.json) return;
  const document = { schemaVersion: 1, active: saved.active, profiles: Object.keys(saved.profiles).sort() };
  await output.result({ text: '', document });
}
