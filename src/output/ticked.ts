import type { Output } from './output.ts';

/** An answer that says that all went well: with a tick for a person, and without for a script. */
export function ticked(text: string, { columns, paint }: Pick<Output, 'columns' | 'paint'>): string {
  return Number.isFinite(columns) ? `${paint.green('✓')} ${text}` : text;
}
