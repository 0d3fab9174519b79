import { constants, type Stats } from 'node:fs';
import { access } from 'node:fs/promises';

export const root = 0;

/**
 * Who beside its owner can write to it by its mode, in words. Group 0 is root's own, and whoever is in it was put there by
 * root: images for OpenShift give their folders to root and that group, because a container there runs as any user ID.
 */
export function writersOf({ mode, uid, gid }: Stats): string | undefined {
  if ((mode & 0o002) !== 0) return 'everybody on this machine';
  if ((mode & 0o020) !== 0 && !(uid === root && gid === root)) return `group ${gid}`;
  return undefined;
}

/** The mount of a Kubernetes ConfigMap is 0777, and read-only: whatever the mode says, nobody writes there. */
export async function isWritableByOthers(path: string, stats: Stats): Promise<boolean> {
  if (writersOf(stats) === undefined) return false;
  if (stats.uid !== root) return true;
  return access(path, constants.W_OK).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'EROFS',
  );
}

/** A folder like /tmp, open to all so that each has something of their own in it. */
export function isSticky({ mode }: Stats): boolean {
  return (mode & 0o1000) !== 0;
}

export function modeOf({ mode }: Stats): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}
