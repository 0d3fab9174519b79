/** A command of ours that a text names, e.g. `login --device`. */
export interface NamedCommand {
  /** As it is typed after `ping14c`. */
  readonly line: string;
}

/**
 * A text for a person. Commands in it are data, because they are completed when the text is printed: whoever typed
 * `-P work` must be able to type what a hint says as it stands.
 */
export type Wording = string | readonly (string | NamedCommand)[];

/** The commands that depend on whose session or settings are meant; the others have no use for a profile. */
const commandsOfProfile = new Set('login logout whoami passwd token status exec init config doctor'.split(' '));

/** Names a command in `wording`. */
export function ping14c(line: string): NamedCommand {
  return { line };
}

/** A text that names commands: wording`Sign in with ${ping14c('login')}.` */
export function wording(
  texts: TemplateStringsArray,
  ...values: readonly (NamedCommand | Wording | number | undefined)[]
): Wording {
  return texts.flatMap((text, index) => {
    const value = values[index];
    if (value === undefined) return [text];
    if (typeof value === 'number') return [text, String(value)];
    return [
      text,
      ...(Array.isArray(value) ? (value as readonly (string | NamedCommand)[]) : [value as string | NamedCommand]),
    ];
  });
}

/** The text as it is printed. @param options those that the person gave and that must go on, e.g. `-P work` */
export function spelled(text: Wording, options: readonly string[] = []): string {
  if (typeof text === 'string') return text;
  return text.map((part) => (typeof part === 'string' ? part : `"${typedLine(part, options)}"`)).join('');
}

/** What is typed for the command, from `ping14c` on. @param options as for `spelled` */
export function typedLine({ line }: NamedCommand, options: readonly string[] = []): string {
  const [name = '', ...others] = line.split(' ');
  const complete = !commandsOfProfile.has(name) || others.includes('-P') || others.includes('--all');
  return ['ping14c', ...(complete ? [] : options), line].join(' ');
}
