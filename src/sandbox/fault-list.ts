import { Failure } from '../errors.ts';
import { columns } from '../output/columns.ts';
import type { Output } from '../output/output.ts';
import { type FaultName, faults, isFaultName } from './faults.ts';

/**
 * Names as typed, separated by commas.
 *
 * @throws Failure `usage` naming those that no fault has.
 */
export function faultsNamed(texts: readonly string[]): readonly FaultName[] {
  const names = [...new Set(texts.flatMap((text) => text.split(',')).map((name) => name.trim()))].filter(Boolean);
  const unknown = names.filter((name) => !isFaultName(name));
  if (unknown.length === 0) return names.filter(isFaultName);
  throw new Failure('usage', `There is no fault "${unknown.join('", "')}".`, {
    code: 'unknown_fault',
    hint: 'See "ping14c sandbox --list-faults".',
  });
}

const everyName = Object.keys(faults).filter(isFaultName);

export function faultListText(output: Output): string {
  const rows = everyName.map((name) => [name, `${faults[name].happens}. Meet it with: ${faults[name].meetsIt}`]);
  return columns(['FAULT', 'WHAT HAPPENS'], rows, output);
}

export function faultListDocument(): object {
  return {
    schemaVersion: 1,
    faults: everyName.map((name) => ({ name, happens: faults[name].happens, meetsIt: faults[name].meetsIt })),
  };
}
