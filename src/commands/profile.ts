import { type CommandContext, changing, type Declare } from '../cli/context.ts';
import { examples } from '../cli/examples.ts';
import { OfferingArgument, offerProfiles } from '../cli/offers.ts';
import { changeProfiles, type Profiles, profileMissing, profileNamed, readProfiles } from '../config/profiles.ts';
import { configFolder } from '../files/folders.ts';
import { isText } from '../json.ts';
import { safeText } from '../output/safe-text.ts';
import { table } from '../output/table.ts';
import { ping14c, wording } from '../wording.ts';

export const declare: Declare = (command, contexts) => {
  command
    .description('Show, choose and remove profiles: named sets of settings.')
    .usage('<command>')
    .addHelpText(
      'before',
      examples(
        ['ping14c profile list', 'the active one is marked'],
        ['ping14c profile use work', 'takes it where none is named'],
        ['ping14c -P work whoami', 'takes it once'],
      ),
    );
  command
    .command('list')
    .description('every profile; the active one is marked')
    .action(async (_options, list) => listProfiles(contexts.unconfigured(list)));
  command
    .command('use')
    .addArgument(new OfferingArgument('<name>', '', offerProfiles))
    .description('take a profile where none is named')
    .action(async (name: string, _options, use) => useProfile(changing(contexts.unconfigured(use)), name));
  command
    .command('remove')
    .addArgument(new OfferingArgument('<name>', '', offerProfiles))
    .description('remove a profile; sign out of it first')
    .action(async (name: string, _options, remove) => removeProfile(changing(contexts.unconfigured(remove)), name));
};

async function listProfiles(context: CommandContext): Promise<void> {
  const { output } = context;
  const { active, profiles } = await readProfiles(configFolder(context));
  const names = Object.keys(profiles).sort();
  if (names.length === 0)
    output.note(wording`No profile is saved. Create one with ${ping14c('init')} or ${ping14c('sandbox')}.`);
  await output.result({
    text: table(
      ['  PROFILE', 'ENVIRONMENT ID', 'CLIENT ID'],
      names.map((name) => {
        const { environmentId, clientId } = profileNamed({ profiles }, name) ?? {};
        const ids = [environmentId, clientId].map((id) => (isText(id) ? safeText(id) : ''));
        return [`${name === active ? '*' : ' '} ${safeText(name)}`, ...ids];
      }),
      output,
    ),
    document: {
      schemaVersion: 1,
      active,
      profiles: names.map((name) => ({ name, active: name === active, settings: profileNamed({ profiles }, name) })),
    },
  });
}

async function useProfile(context: CommandContext, name: string): Promise<void> {
  const saved = await changeWith(context, name, (found) => ({ ...found, active: name }));
  await report(context, saved, `Profile "${safeText(name)}" is active now.`);
}

async function removeProfile(context: CommandContext, name: string): Promise<void> {
  const saved = await changeWith(context, name, ({ active, profiles }) => {
    const { [name]: _removed, ...others } = profiles;
    return { active: active === name ? 'default' : active, profiles: others };
  });
  await report(context, saved, `Profile "${safeText(name)}" removed; "${safeText(saved.active)}" is active.`);
}

/** @throws Failure `usage` when there is no profile of that name */
function changeWith(context: CommandContext, name: string, change: (saved: Profiles) => Profiles): Promise<Profiles> {
  const folder = configFolder(context);
  return changeProfiles(folder, context.runtime, (saved) => {
    if (!profileNamed(saved, name)) throw profileMissing(saved, name, folder);
    return change(saved);
  });
}

async function report(context: CommandContext, saved: Profiles, message: string): Promise<void> {
  const { output } = context;
  output.ifInterrupted(message);
  output.note(message);
  if (!output.json) return;
  const document = { schemaVersion: 1, active: saved.active, profiles: Object.keys(saved.profiles).sort() };
  await output.result({ text: '', document });
}
