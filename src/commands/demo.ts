import { Readable } from 'node:stream';
import type { CommandContext, Declare } from '../cli/context.ts';
import { examples } from '../cli/examples.ts';
import { namedBrowser } from '../display.ts';
import { ExitCode, Failure, RunEnded } from '../errors.ts';
import { trustStateFolder } from '../files/folders.ts';
import { withTemporaryFolder } from '../files/temporary-folder.ts';
import { showsBrowser } from '../loopback/surroundings.ts';
import type { HostedSandbox } from '../sandbox/sandbox.ts';
import { makeTrustedCertificate, writeTrustedCertificate } from '../trust/trusted-certificate.ts';
import { ping14c, wording } from '../wording.ts';
import { personsTrustFolder, signedCertificate } from './sandbox-start.ts';

export const declare: Declare = (command, contexts) => {
  command
    .description('Take the whole tour against a sandbox of its own: login, whoami, token, passwd, logout.')
    .addHelpText(
      'before',
      examples(
        ['ping14c demo', 'needs no account, and leaves nothing behind'],
        ['BROWSER=none ping14c demo', 'without a browser'],
        ['ping14c demo --json', 'which steps went well'],
      ),
    )
    .action(async () => demo(contexts.unconfigured(command)));
};

interface Step {
  readonly argv: readonly string[];
  readonly why: string;
  /** The text that is piped into the command. */
  readonly stdin?: string;
}

const username = 'ada';
const password = 'Analytical-Engine-1843';
const newPassword = 'Difference-Engine-No-2';

const steps: readonly Step[] = [
  { argv: ['login'], why: 'sign in through the browser' },
  { argv: ['whoami'], why: 'who is that?' },
  { argv: ['status'], why: 'is there a session, until when?' },
  { argv: ['token'], why: 'the user’s access token, for a script' },
  { argv: ['token', '--client-credentials'], why: 'an application’s own token' },
  { argv: ['passwd', '--stdin'], why: 'change the password', stdin: `${password}\n${newPassword}\n` },
  { argv: ['logout'], why: 'end all of it, with a receipt' },
];

/** How the tour is taken. */
interface Way {
  /** Whether the person signs in, in a browser of their own. */
  readonly byHand: boolean;
  /** Whether somebody reads along, and says when to go on. */
  readonly stepByStep: boolean;
  /** Whether the browser warns of the sandbox's certificate. */
  readonly warned: boolean;
}

/** Makes a sandbox and a folder for the tour. Both are gone after it, however it ends. */
async function demo(context: CommandContext): Promise<void> {
  const { runtime, output, interactive } = context;
  const byHand = hasScreen(context);
  // The demo's own user agent is made to trust what a browser is made to trust by `trust`.
  const made = byHand ? undefined : makeTrustedCertificate(runtime.now());
  const signed = made
    ? { certificate: made.sandboxCertificate, authority: made.authority.cert }
    : await signedCertificate(context);
  const [{ createSandbox }, seed] = await Promise.all([import('../sandbox/sandbox.ts'), seedWithShortPolicy()]);
  const sandbox = await createSandbox({ ...signed, seed });
  try {
    const done = await withTemporaryFolder('ping14c-demo-', runtime, async (folder) => {
      if (made)
        await writeTrustedCertificate(
          trustStateFolder({ output, runtime: { ...runtime, env: { PING14C_TRUST_DIR: folder } } }),
          made,
        );
      const trustFolder = byHand ? personsTrustFolder(context)?.path : folder;
      const way = {
        byHand,
        warned: !signed,
        stepByStep: interactive && Number.isFinite(output.columns) && !output.json,
      };
      return tour(context, sandbox, { folder, trustFolder }, way);
    });
    if (output.json) await output.result({ text: '', document: { schemaVersion: 1, steps: done } });
  } finally {
    await sandbox.close();
  }
}

interface CompletedStep {
  readonly command: string;
  readonly exitCode: number;
}

/** Runs one command after the other, each as a person would type it. */
async function tour(
  context: CommandContext,
  sandbox: HostedSandbox,
  folders: { readonly folder: string; readonly trustFolder: string | undefined },
  way: Way,
): Promise<readonly CompletedStep[]> {
  const { runtime, output, run } = context;
  const { demoRuntime } = await import('../sandbox/demo-runtime.ts');
  output.note(introduction(sandbox.origin, way));
  const done: CompletedStep[] = [];
  const stdout = output.json ? runtime.stderr : runtime.stdout;
  const signsIn = way.byHand ? undefined : { username, password };
  const toured = await demoRuntime(runtime, sandbox, { ...folders, stdout, signsIn });
  for (const { why, argv, stdin } of steps) {
    runtime.signal.throwIfAborted();
    const command = ['ping14c', ...argv].join(' ');
    output.note('');
    await announce(context, `$ ${command}`, why, way.stepByStep && done.length > 0);
    // A person's own sign-in is asked and told as it always is.
    const input = way.byHand && stdin === undefined ? runtime.stdin : Readable.from([stdin ?? '']);
    const exitCode = await run(argv, { ...toured, stdin: input });
    done.push({ command, exitCode });
    // The command has said so itself.
    if (exitCode === ExitCode.interrupted) throw new RunEnded(exitCode);
    if (exitCode !== ExitCode.done) throw stopped(command, exitCode);
  }
  output.note(`\n${output.paintNote.bold('That is the tour.')} The sandbox is gone, and so is everything it made.`);
  output.note(wording`Try it: ${ping14c('sandbox -- bash')}. With your own environment: ${ping14c('init')}`);
  return done;
}

/** Says which step comes; where somebody reads along, it comes when they press Enter. */
async function announce(
  { runtime, output }: CommandContext,
  command: string,
  why: string,
  waits: boolean,
): Promise<void> {
  const { bold, cyan } = output.paintNote;
  if (!waits) return output.note(`${cyan(command)}  ${bold(why)}`);
  await runtime.prompt.input({ message: `${command}  ${why}` }, runtime.signal);
}

function introduction(origin: string, { byHand, stepByStep, warned }: Way): string {
  return [
    `A sandbox is running at ${origin} for this tour.${stepByStep ? ' Enter goes on.' : ''}`,
    byHand
      ? `Your browser opens: sign in as ${username} with the password ${password}.`
      : 'No browser is opened here: the demo signs in by itself.',
    ...(byHand && warned ? ['It warns of the sandbox’s certificate, which was made on the fly: proceed.'] : []),
  ].join('\n');
}

/** The user who takes the tour has the policy with the fewest rules, so that all of it fits on a screen. */
async function seedWithShortPolicy() {
  const { defaultSeed } = await import('../sandbox/seed.ts');
  const policyId = defaultSeed.passwordPolicies.find(({ name }) => name === 'Basic')?.id;
  const users = defaultSeed.users.map((user) =>
    user.username === username && user.password ? { ...user, password: { ...user.password, policyId } } : user,
  );
  return { ...defaultSeed, users };
}

/** Whether somebody would see a browser: one may be started, as by `login`, and there is a display. */
function hasScreen({ runtime, interactive }: CommandContext): boolean {
  const browser = namedBrowser(runtime.env);
  if (browser) return browser !== 'none';
  return interactive && showsBrowser(runtime);
}

function stopped(command: string, exitCode: number): Failure {
  return new Failure('failed', `The tour stopped: "${command}" failed with exit code ${exitCode}.`, {
    code: 'demo_stopped',
    hint: wording`Run ${ping14c('demo --debug')}, and report what it prints.`,
  });
}
