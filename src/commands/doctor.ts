import type { Command } from 'commander';
import type { Declare } from '../cli/context.ts';
import { examples } from '../cli/examples.ts';
import { examination } from '../doctor/examination.ts';
import { ExitCode, RunEnded } from '../errors.ts';
import { safeText } from '../output/safe-text.ts';

const marks = { good: '✓', problem: '✗', note: '!', skipped: '·' } as const;

export const declare: Declare = (command, contexts) => {
  command
    .description('Check everything between you and a working sign-in, a line each with its remedy.')
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
      const { output } = context;
      const findings = (await examination(context)).map(({ name, finding }) => ({
        name,
        finding: 'remedy' in finding ? { ...finding, remedy: output.spelled(finding.remedy) } : finding,
      }));
      const paint = {
        good: output.paint.green,
        problem: output.paint.red,
        note: output.paint.yellow,
        skipped: output.paint.dim,
      };
      const lines = findings.flatMap(({ name, finding }) => [
        `${paint[finding.kind](marks[finding.kind])} ${name}: ${safeText(finding.text)}`,
        ...('remedy' in finding ? finding.remedy.split('\n').map((line) => `    ${safeText(line)}`) : []),
      ]);
      const document = { schemaVersion: 1, checks: findings.map(({ name, finding }) => ({ name, ...finding })) };
      await output.result({ sentences: lines, document });
      // The findings are the answer, so the run ends with an exit code and no error.
      if (findings.some(({ finding }) => finding.kind === 'problem')) throw new RunEnded(ExitCode.failed);
    });
};
