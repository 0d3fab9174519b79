import { Failure } from '../errors.ts';
import type { Workplace } from '../invocation/invocation.ts';
import { browserCheck } from './browser-check.ts';
import type { Bench, Check, Finding } from './check.ts';
import { apiCheck, clockCheck, discoveryCheck, redirectCheck } from './server-checks.ts';
import { clientCheck, routeCheck, sessionCheck, settingsCheck, storeCheck } from './settings-checks.ts';

/** In the order in which a sign-in needs them, so that the first problem is the one to mend first. */
const checks: readonly Check[] = [
  settingsCheck,
  clientCheck,
  routeCheck,
  discoveryCheck,
  clockCheck,
  apiCheck,
  redirectCheck,
  browserCheck,
  storeCheck,
  sessionCheck,
];

export interface Found {
  readonly name: string;
  readonly finding: Finding;
}

/** Looks at everything a sign-in needs; what fails is a finding, and the next check goes on. */
export async function examine(workplace: Workplace): Promise<readonly Found[]> {
  const found: Found[] = [];
  let bench: Bench = { workplace };
  for (const { name, look } of checks) {
    try {
      const seen = await look(bench);
      bench = seen.bench ?? bench;
      found.push({ name, finding: seen.finding });
    } catch (error) {
      if (!(error instanceof Failure) || error.kind === 'interrupted') throw error;
      found.push({ name, finding: problemIn(error) });
    }
  }
  return found;
}

/** The details tell what to set to which value; they stand before the hint, as they do when `main` prints a failure. */
function problemIn({ message, details, hint }: Failure): Finding {
  const lines = details.map((detail) => `${detail.target ? `${detail.target}: ` : ''}${detail.message}`);
  const last = hint ?? (lines.length > 0 ? [] : 'Run the command again with --debug to see more.');
  return { kind: 'problem', text: message, remedy: [...lines, last].flat().join('\n') };
}
