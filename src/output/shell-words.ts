/** A text as one word of a shell of that platform: PowerShell on Windows, else a POSIX shell. As it is where no shell would touch it. */
export function shellWord(text: string, platform: NodeJS.Platform = 'linux'): string {
  if (/^[\w:./-]+$/.test(text)) return text;
  return platform === 'win32' ? powershellQuoted(text) : shellQuoted(text);
}

/** A text in the quotes of a POSIX shell: a single quote ends the quoting, stands escaped, and begins it again. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A text in the quotes of PowerShell, which ends a text at typographic single quotes too (U+2018 to U+201B). */
export function powershellQuoted(text: string): string {
  return `'${text.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
}
