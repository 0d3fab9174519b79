import { homedir, userInfo } from 'node:os';
import { isAbsolute } from 'node:path';

/**
 * The person's home folder. An empty or relative HOME would make the current folder, which may be anybody's, the place of
 * settings and sessions: the user database is asked instead.
 */
export function homeFolder(): string {
  const named = homedir();
  return isAbsolute(named) ? named : userInfo().homedir;
}
