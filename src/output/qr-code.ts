import type { ChalkInstance } from 'chalk';
import { renderUnicodeCompact } from 'uqr';
import type { Runtime } from '../runtime.ts';

/**
 * The address as a picture for a phone's camera, a line each; none where it would be noise: no terminal, a narrow one, one
 * that cannot draw, or a screen reader (`ACCESSIBLE`).
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
  return width > (stderr.columns || 80) ? [] : lines.map((line) => paint.whiteBright.bgBlack(line));
}
