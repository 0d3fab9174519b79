/**
 * Whether Windows takes this for a script of cmd. Node starts none without a shell (`spawn EINVAL`), and with one the arguments
 * would be cmd's to read: an `&` in one begins another command.
 */
export function isBatchFile(file: string, platform: NodeJS.Platform): boolean {
  // Windows leaves blanks and dots at the end of a name away.
  return platform === 'win32' && /\.(?:cmd|bat)[ .]*$/i.test(file);
}
