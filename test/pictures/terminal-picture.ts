import xterm from '@xterm/headless';

// What a terminal shows, as SVG: real text, which can be selected and searched, on a grid that no font can disturb.

type Theme = keyof typeof themes;

/** The colours of the terminal: its paper, its ink, and the sixteen that a program may ask for. */
const themes = {
  light: {
    paper: '#ffffff',
    ink: '#1f2328',
    edge: '#d1d9e0',
    // biome-ignore format: as they are counted
    palette: ['#24292f', '#cf222e', '#116329', '#7d4e00', '#0969da', '#8250df', '#1b7c83', '#57606a',
              '#57606a', '#a40e26', '#1a7f37', '#633c01', '#218bff', '#a475f9', '#3192aa', '#24292f'],
  },
  dark: {
    paper: '#0d1117',
    ink: '#e6edf3',
    edge: '#3d444d',
    // biome-ignore format: as they are counted
    palette: ['#6e7681', '#ff7b72', '#3fb950', '#d29922', '#58a6ff', '#bc8cff', '#39c5cf', '#b1bac4',
              '#8b949e', '#ffa198', '#56d364', '#e3b341', '#79c0ff', '#d2a8ff', '#56d4dd', '#ffffff'],
  },
} as const;

const [cell, line, margin] = [8.4, 20, 16];

/** What stands side by side and looks alike. */
interface Run {
  readonly column: number;
  readonly cells: number;
  readonly text: string;
  readonly style: string;
}

/** The screen of so many columns after all this was written to it, without the empty rows at its end. */
export async function terminalPicture(written: string, columns: number, title: string, theme: Theme): Promise<string> {
  const terminal = new xterm.Terminal({ cols: columns, rows: 50, scrollback: 1000, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(written, resolve));
  const { paper, ink, edge, palette } = themes[theme];
  const { active } = terminal.buffer;
  const rows = Array.from({ length: active.length }, (_, row) => runsOf(active.getLine(row), palette));
  const shown = rows.slice(0, rows.findLastIndex((runs) => runs.length > 0) + 1);
  const [width, height] = [Math.ceil(columns * cell) + 2 * margin, shown.length * line + 2 * margin];
  const texts = shown.flatMap((runs, row) => runs.map((run) => textOf(run, margin + row * line + 14)));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escaped(title)}</title>
<style>text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:${ink};white-space:pre}</style>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8" fill="${paper}" stroke="${edge}"/>
${texts.join('\n')}
</svg>
`;
}

type Line = ReturnType<xterm.Terminal['buffer']['active']['getLine']>;
type Cell = NonNullable<ReturnType<NonNullable<Line>['getCell']>>;

/** The runs of a row, without the blanks at its ends. */
function runsOf(row: Line, palette: readonly string[]): readonly Run[] {
  const runs: Run[] = [];
  for (let column = 0; row && column < row.length; column += 1) {
    const at = row.getCell(column);
    if (!at || at.getWidth() === 0) continue;
    const style = styleOf(at, palette);
    const text = at.getChars() || ' ';
    const last = runs.at(-1);
    if (last?.style === style)
      runs[runs.length - 1] = { ...last, cells: last.cells + at.getWidth(), text: last.text + text };
    else runs.push({ column, cells: at.getWidth(), text, style });
  }
  return runs.flatMap((run) => {
    const text = run.text.trimEnd();
    return text.trim() === '' ? [] : [{ ...run, text, cells: run.cells - (run.text.length - text.length) }];
  });
}

function styleOf(at: Cell, palette: readonly string[]): string {
  return [
    ...(at.isFgPalette() ? [`fill:${palette[at.getFgColor()]}`] : []),
    ...(at.isBold() ? ['font-weight:bold'] : []),
    ...(at.isDim() ? ['opacity:.7'] : []),
    ...(at.isUnderline() ? ['text-decoration:underline'] : []),
  ].join(';');
}

function textOf({ column, cells, text, style }: Run, y: number): string {
  const [x, length] = [margin + column * cell, cells * cell].map((pixels) => Number(pixels.toFixed(1)));
  const styled = style ? ` style="${style}"` : '';
  return `<text x="${x}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs"${styled}>${escaped(text)}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
