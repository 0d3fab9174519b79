import { readProfiles } from '../config/profiles.ts';
import { definitionOf } from '../config/setting-definitions.ts';
import { configFolder } from '../files/folders.ts';
import type { Output } from '../output/output.ts';
import type { Runtime } from '../runtime.ts';

/** Whether nothing is set up yet: no profile is saved, and no environment is named. What cannot be read may hold one. */
export async function isBeginner(runtime: Runtime, output: Output): Promise<boolean> {
  if (definitionOf('environmentId').variables.some((name) => runtime.env[name])) return false;
  const read = async () => readProfiles(configFolder({ runtime, output }));
  return read().then(
    ({ profiles }) => Object.keys(profiles).length === 0,
    () => false,
  );
}

/** Tells somebody who has set nothing up yet the two ways to begin, in four rows. */
export function sayHowToBegin({ platform }: Pick<Runtime, 'platform'>, output: Output): void {
  const { bold, cyan } = output.paintNote;
  const shell = platform === 'win32' ? 'powershell' : 'bash';
  const ways = [
    ['ping14c init', 'use an environment of your own'],
    [`ping14c sandbox -- ${shell}`, 'try a local one, no account'],
  ] as const;
  const width = Math.max(...ways.map(([command]) => command.length));
  output.note(bold('Sign in to PingOne from a terminal. Two ways to begin:'));
  for (const [command, what] of ways) output.note(`  ${cyan(command.padEnd(width))}  ${what}`);
  output.note(`Or watch it: ${cyan('ping14c demo')}. All commands: ${cyan('ping14c --help')}`);
}
