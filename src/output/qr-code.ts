import type { ChalkInstance } from 'chalk';
import { renderUnicodeCompact } from 'uqr';
import type { Runtime } from '../runtime.ts';

/** So many rows of the terminal are for what is said around the picture: with less, its top would scroll away. */
const rowsAround = 8;

/**
 * The address as a picture for a phone's camera, a line each; none where it would be noise: no terminal, one that is too small
 * for it or cannot draw, or a screen reader (`ACCESSIBLE`).
 *
 * @param paint paints it light on dark, which cameras want; without colours a dark terminal is assumed
 */
export function qrCode(
  address: string,
  { stderr, env }: Pick<Runtime, 'stderr' | 'env'>,
  paint: ChalkInstance,
): readonly string[] {
  if (!stderr.isTTY || env['ACCESSIBLE'] || env['TERM'] === 'dumb') return [];
  const lines = renderUnicodeCompact(address, { ecc: 'L', border: 2 }).split('\n');
  const width = lines[0]?.length ?? 0;
  if (width > (stderr.columns || 80) || lines.length + rowsAround > (stderr.rows || 50)) return [];
  return lines.map((line) => paint.whiteBright.bgBlack(line));
}
