import type { Output } from '../output/output.ts';
import { type CheckedRule, checklistLine } from '../pingone/password-requirements.ts';
import type { Runtime } from '../runtime.ts';
import { readSecretLines } from './secret-lines.ts';

export interface Passwords {
  /** Absent where only a candidate was given. */
  readonly currentPassword?: string | undefined;
  readonly newPassword: string;
}

/** Judges a new password by the rules that can be checked on this machine. */
export type Judge = (newPassword: string, currentPassword?: string) => readonly CheckedRule[];

type Asker = Pick<Runtime, 'prompt' | 'signal' | 'env'>;

/**
 * Asks for the current and the new password. The rules stand below the new one: they are ticked off as one types where the
 * terminal can redraw them, and listed where it cannot. Whatever is typed is redacted from then on.
 */
export async function askPasswords(
  { prompt, signal, env }: Asker,
  output: Output,
  judge: Judge,
): Promise<Required<Passwords> & { readonly currentPassword: string }> {
  const currentPassword = await prompt.password({ message: 'Current password:', validate: notEmpty }, signal);
  output.hide(currentPassword);
  warnOfForm(output, 'current password', currentPassword);
  const rules = (answer: string) => judge(answer, currentPassword);
  const message = 'New password:';
  const line = (rule: CheckedRule) => ({
    text: checklistLine(rule, output.paintNote),
    met: rule.verdict !== 'unmet',
  });
  const redraws = env['TERM'] !== 'dumb' && !env['ACCESSIBLE'];
  if (!redraws) sayRules(output, rules(''));
  // The answer is judged here and not by `validate`, after whose no inquirer would keep what was typed, unseen, and add to it.
  for (;;) {
    const newPassword = redraws
      ? await prompt.newPassword({ message, rules: (answer) => rules(answer).map(line) }, signal)
      : await prompt.password({ message, validate: notEmpty }, signal);
    output.hide(newPassword);
    const needs = stillNeeds(rules(newPassword));
    if (needs) {
      output.note(needs);
      continue;
    }
    warnOfForm(output, 'new password', newPassword);
    const again = await prompt.password({ message: 'New password again:' }, signal);
    output.hide(again);
    if (again === newPassword) return { currentPassword, newPassword };
    output.note('The two passwords differ. Start again with the new one.');
  }
}

/** Asks for a password that is only to be judged. */
export async function askCandidate({ prompt, signal }: Asker, output: Output): Promise<Passwords> {
  const newPassword = await prompt.password({ message: 'Candidate:', validate: notEmpty }, signal);
  output.hide(newPassword);
  warnOfForm(output, 'candidate', newPassword);
  return { newPassword };
}

/** Reads the current and the new password from standard input. @throws Failure `usage` */
export async function pipedPasswords(
  { stdin, signal }: Pick<Runtime, 'stdin' | 'signal'>,
  output: Output,
): Promise<Passwords & { readonly currentPassword: string }> {
  const names = ['the current password', 'the new one'];
  const [currentPassword = '', newPassword = ''] = await readSecretLines(stdin, { names }, signal);
  for (const secret of [currentPassword, newPassword]) output.hide(secret);
  warnOfForm(output, 'current password', currentPassword);
  warnOfForm(output, 'new password', newPassword);
  return { currentPassword, newPassword };
}

/** Reads the candidate from standard input, where it stands alone or after the current password. @throws Failure `usage` */
export async function pipedCandidate(
  { stdin, signal }: Pick<Runtime, 'stdin' | 'signal'>,
  output: Output,
): Promise<Passwords> {
  const names = ['the current password', 'the candidate'];
  const lines = await readSecretLines(stdin, { names, optional: 1 }, signal);
  for (const secret of lines) output.hide(secret);
  const passwords = { newPassword: lines.at(-1) ?? '', currentPassword: lines.length > 1 ? lines[0] : undefined };
  warnOfForm(output, 'current password', passwords.currentPassword ?? '');
  warnOfForm(output, 'candidate', passwords.newPassword);
  return passwords;
}

export function sayRules(output: Output, rules: readonly CheckedRule[]): void {
  for (const rule of rules) output.note(`  ${checklistLine(rule, output.paintNote)}`);
}

const sendingWords = {
  'current password': 'It is sent',
  'new password': 'It is sent',
  candidate: 'As a new password it is sent',
} as const;

/**
 * Says before anything is sent that the same letters may be other characters elsewhere, and so another password. The
 * password itself is never altered (docs/security.md, rule 43).
 */
function warnOfForm(output: Output, name: keyof typeof sendingWords, password: string): void {
  if (password === password.normalize('NFC')) return;
  output.warn(
    `The ${name} has characters that most keyboards send differently (it is not in Unicode normalization form C). ${sendingWords[name]} exactly as it is; typed elsewhere, it may be another password.`,
  );
}

function stillNeeds(rules: readonly CheckedRule[]): string | undefined {
  const unmet = rules.filter(({ verdict }) => verdict === 'unmet').map(({ text }) => text);
  return unmet.length > 0 ? `It still needs: ${unmet.join('; ')}.` : undefined;
}

function notEmpty(answer: string): true | string {
  return answer !== '' || 'Type it, or press Ctrl-C.';
}
