import type { Command } from 'commander';
import type { CommandContext, Declare } from '../cli/context.ts';
import { examples } from '../cli/examples.ts';
import { examination, type Finding, type NamedFinding } from '../doctor/examination.ts';
import { ExitCode, RunEnded } from '../errors.ts';
import type { Output } from '../output/output.ts';
import { safeText } from '../output/safe-text.ts';

const marks = { good: '✓', problem: '✗', note: '!', skipped: '·' } as const;
const colors = { good: 'green', problem: 'red', note: 'yellow', skipped: 'dim' } as const;

export const declare: Declare = (command, contexts) => {
  command
    .description('Check everything that a sign-in needs, and say what to fix.')
    .addHelpText(
      'before',
      examples(
        ['ping14c doctor', 'exit code 1: a sign-in would not work'],
        ['ping14c doctor -P work', 'that of another profile'],
        ['ping14c doctor --json', 'for a report'],
      ),
    )
    .addHelpText('after', '\nSigns nobody in, and changes nothing.')
    .action(async (_options, self: Command) => {
      const context = contexts.unconfigured(self);
      const { runtime, output } = context;
      const findings = await (runtime.stdout.isTTY && !output.json ? shown(context) : listed(context));
      // The findings are the answer, so the run ends with an exit code and no error.
      if (findings.some(({ finding }) => finding.kind === 'problem')) throw new RunEnded(ExitCode.failed);
    });
};

/** All findings in full, at the end: for a file, a report, a script. */
async function listed(context: CommandContext): Promise<readonly NamedFinding[]> {
  const { output } = context;
  const findings: NamedFinding[] = [];
  for await (const found of examination(context, () => {})) findings.push(found);
  const lines = findings.flatMap(({ name, finding }) => [
    row(output, finding, `${name}: ${finding.text}`),
    ...indented(remedyOf(output, finding)),
  ]);
  const checks = findings.map(({ name, finding: { brief: _, ...finding } }) => ({
    ...{ name, ...finding },
    ...('remedy' in finding ? { remedy: output.spelled(finding.remedy) } : {}),
  }));
  await output.result({ sentences: lines, document: { schemaVersion: 1, checks } });
  return findings;
}

/** Each check as it goes on, a row where all is well. The remedy of the first problem comes last: it is what to do now. */
async function shown(context: CommandContext): Promise<readonly NamedFinding[]> {
  const { output } = context;
  const say = (...lines: readonly string[]) => output.result({ sentences: lines, document: undefined });
  const findings: NamedFinding[] = [];
  const problems = () => findings.filter(({ finding }) => finding.kind === 'problem');
  try {
    for await (const found of examination(context, (name) => output.live?.show(`${marks.skipped} ${name}…`))) {
      const { name, finding } = found;
      const isFirst = finding.kind === 'problem' && problems().length === 0;
      const isToldAlready = problems().some((earlier) => earlier.finding.text === finding.text);
      findings.push(found);
      if (finding.kind === 'skipped') continue;
      const words = isToldAlready ? 'the same' : (finding.brief ?? finding.text);
      const remedy = isFirst || isToldAlready ? [] : remedyOf(output, finding);
      await say(row(output, finding, `${name}: ${words}`), ...indented(remedy));
    }
  } finally {
    output.live?.clear();
  }
  const skipped = findings.filter(({ finding }) => finding.kind === 'skipped').map(({ name }) => name);
  if (skipped.length > 0) await say(output.paint.dim(`${marks.skipped} Not checked: ${skipped.join(', ')}`));
  const [first] = problems();
  if (first)
    await say(output.paint.bold(`Fix this first: ${first.name}`), ...indented(remedyOf(output, first.finding)));
  else await say(`${output.paint.green(marks.good)} Ready`);
  return findings;
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `    ${line}`);
}

function row({ paint }: Output, { kind }: Finding, text: string): string {
  return `${paint[colors[kind]](marks[kind])} ${safeText(text)}`;
}

function remedyOf(output: Output, finding: Finding): readonly string[] {
  if (!('remedy' in finding)) return [];
  return output.spelled(finding.remedy).split('\n').map(safeText);
}
