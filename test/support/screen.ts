import xterm from '@xterm/headless';

/** The rows that a person sees, scrolled away or not, when a terminal of this size has got all that was written to it. */
export async function screenOf(raw: string, columns: number, lines = 50): Promise<readonly string[]> {
  const terminal = new xterm.Terminal({ cols: columns, rows: lines, scrollback: 1000, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(raw, resolve));
  const { active } = terminal.buffer;
  const rows = Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? '');
  return rows.slice(0, rows.findLastIndex(Boolean) + 1);
}
