import type { Runtime } from '../runtime.ts';

/** Terminals that make links of text, by a variable of theirs. Others would leave it out; a few, old ones, would show it. */
const signs: Readonly<Record<string, RegExp>> = {
  TERM: /^(?:xterm-kitty|xterm-ghostty|alacritty|foot|contour|wezterm)/,
  TERM_PROGRAM: /^(?:iTerm\.app|WezTerm|vscode|ghostty|Hyper|rio|WarpTerminal)$/,
  // GNOME's and others of its library, from 0.50 on; Windows Terminal; KDE's; JetBrains' have a sign but no links.
  VTE_VERSION: /^(?:[5-9]\d{3}|\d{5,})$/,
  WT_SESSION: /./,
  KONSOLE_VERSION: /./,
};

/** The text as a link, where the terminal has links ("Hyperlinks in terminal emulators": OSC 8); else as it is. */
export function linked(text: string, address: string, { env }: Pick<Runtime, 'env'>): string {
  const within = env['TMUX'] || /^(?:screen|tmux)/.test(env['TERM'] ?? '');
  if (within || !Object.entries(signs).some(([name, sign]) => sign.test(env[name] ?? ''))) return text;
  return `\u001b]8;;${address}\u0007${text}\u001b]8;;\u0007`;
}
