import type { ChalkInstance } from 'chalk';
import { editDistance } from './password-measures.ts';
import type { PasswordPolicy } from './password-policy.ts';
import { type KnownFacts, requirements } from './password-requirements.ts';

/** A rule, judged for one password: `left` is left to PingOne, `doubtful` may well be refused there. */
export interface CheckedRule {
  readonly name: string;
  readonly text: string;
  readonly verdict: 'met' | 'unmet' | 'left' | 'doubtful';
}

/** PingOne does not publish how alike two passwords may be. So few changes are warned of, not refused. */
const alikeDistance = 2;

/** All rules of the policy, judged as far as that can be done here. */
export function checklist(policy: PasswordPolicy, password: string, known: KnownFacts): readonly CheckedRule[] {
  return requirements(policy).map(({ name, text, isMet }) => {
    const met = isMet?.(password, known);
    if (met !== undefined) return { name, text, verdict: met ? 'met' : 'unmet' };
    if (name === 'notSimilarToCurrent' && isAlike(password, known.currentPassword)) {
      return { name, text: `${text}: it is, PingOne may refuse it`, verdict: 'doubtful' };
    }
    return { name, text, verdict: 'left' };
  });
}

/** One line for a person, with a mark that needs no colour to be told from the others. */
export function checklistLine({ text, verdict }: CheckedRule, paint: ChalkInstance): string {
  switch (verdict) {
    case 'met':
      return paint.green(`✓ ${text}`);
    case 'unmet':
      return `✗ ${text}`;
    case 'doubtful':
      return paint.yellow(`! ${text}`);
    case 'left':
      return paint.dim(`· ${text} (PingOne checks that)`);
    default:
      return verdict satisfies never;
  }
}

function isAlike(password: string, current: string | undefined): boolean {
  return current !== undefined && password !== '' && editDistance(current, password) <= alikeDistance;
}
