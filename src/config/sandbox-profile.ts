import { Failure } from '../errors.ts';
import { isLoopbackHost } from '../loopback-host.ts';
import type { OwnFolder } from '../ownership/own-folder.ts';
import { type Profile, readProfiles, saveProfiles } from './profile.ts';

/**
 * A profile of a real environment is not overwritten by a sandbox's, whatever it is called.
 *
 * @throws Failure `usage`
 */
export async function refuseForeignProfile(folder: OwnFolder, name: string): Promise<void> {
  const { profiles } = await readProfiles(folder);
  const existing = profiles[name];
  const { authUrl = '' } = existing ?? {};
  if (!existing || (URL.canParse(authUrl) && isLoopbackHost(new URL(authUrl).hostname))) return;
  throw new Failure('usage', `The profile "${name}" is there already, and not a sandbox's.`, {
    code: 'profile_exists',
    hint: `Save the sandbox under another name with "ping14c -P NAME sandbox", or remove it with "ping14c profile remove ${name}".`,
  });
}

/** The other profiles, the active one, and what the person has added to this one stay as they are. */
export async function saveSandboxProfile(folder: OwnFolder, name: string, values: Profile): Promise<void> {
  const { active, profiles } = await readProfiles(folder);
  await saveProfiles(folder, { active, profiles: { ...profiles, [name]: { ...profiles[name], ...values } } });
}
