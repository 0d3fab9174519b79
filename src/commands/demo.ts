import { Readable } from 'node:stream';
import type { CommandContext, Declare } from '../cli/context.ts';
import { examples } from '../cli/examples.ts';
import { namedBrowser } from '../display.ts';
import { ExitCode, Failure, RunEnded } from '../errors.ts';
import { withTemporaryFolder } from '../files/temporary-folder.ts';
import { showsBrowser } from '../loopback/surroundings.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
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
  readonly why: string;
  readonly argv: readonly string[];
  /** The text that is piped into the command. */
  readonly stdin?: string;
}

const username = 'ada';
const firstPassword = 'Analytical-Engine-1843';
const newPassword = 'Difference-Engine-No-2';

const steps: readonly Step[] = [
  { why: 'Sign in: authorization code with PKCE, caught on a temporary HTTPS listener.', argv: ['login'] },
  { why: 'Who is that? The verified ID token, userinfo and the PingOne user record.', argv: ['whoami'] },
  { why: 'Is there a session, until when, and where is it kept?', argv: ['status'] },
  { why: 'The user’s access token, for a script.', argv: ['token'] },
  { why: 'An application’s own token: client credentials of a worker.', argv: ['token', '--client-credentials'] },
  {
    why: 'Change the password. The policy in force is checked before anything is sent.',
    argv: ['passwd', '--stdin'],
    stdin: `${firstPassword}\n${newPassword}\n`,
  },
  { why: 'Sign out: revoke, end the PingOne session, clear; a receipt for each.', argv: ['logout'] },
  { why: 'Sign in again, with the new password.', argv: ['login', '--switch-user'] },
  { why: 'And leave nothing behind.', argv: ['logout'] },
];

/** Makes a sandbox and a folder for the tour. Both are gone after it, however it ends. */
async function demo(context: CommandContext): Promise<void> {
  const { output } = context;
  const { startSandbox } = await import('../sandbox/sandbox.ts');
  const signed = await signedCertificate(context);
  const sandbox = await startSandbox({ ...signed });
  try {
    const done = await withTemporaryFolder('ping14c-demo-', (folder) =>
      tour(context, sandbox, folder, signed !== undefined),
    );
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
  sandbox: Sandbox,
  folder: string,
  trusted: boolean,
): Promise<readonly CompletedStep[]> {
  const { runtime, output, run } = context;
  const { demoRuntime } = await import('../sandbox/demo-runtime.ts');
  const byHand = hasScreen(context);
  output.note(introduction(sandbox.origin, byHand, trusted));
  const done: CompletedStep[] = [];
  const password = () => (done.some(({ command }) => command.includes('passwd')) ? newPassword : firstPassword);
  const signsIn = byHand ? undefined : () => ({ username, password: password() });
  const trustFolder = personsTrustFolder(context)?.path;
  const stdout = output.json ? runtime.stderr : runtime.stdout;
  const toured = await demoRuntime(runtime, sandbox, { folder, trustFolder, stdout, signsIn });
  for (const [index, { why, argv, stdin = '' }] of steps.entries()) {
    runtime.signal.throwIfAborted();
    const command = ['ping14c', ...argv].join(' ');
    output.note(`\n${output.paintNote.bold(`${index + 1}. ${why}`)}\n${output.paintNote.cyan(`$ ${command}`)}`);
    if (byHand && argv[0] === 'login') output.note(`Sign in as ${username} with the password ${password()}`);
    const exitCode = await run(argv, { ...toured, stdin: Readable.from([stdin]) });
    done.push({ command, exitCode });
    // The command has said so itself.
    if (exitCode === ExitCode.interrupted) throw new RunEnded(exitCode);
    if (exitCode !== ExitCode.done) throw stopped(command, exitCode);
  }
  output.note(`\n${output.paintNote.bold('That is the tour.')} The sandbox is gone, and so is everything it made.`);
  output.note(wording`To try things yourself: ${ping14c('sandbox')}. To use your own environment: ${ping14c('init')}.`);
  return done;
}

function introduction(origin: string, byHand: boolean, trusted: boolean): string {
  return [
    `A PingOne-compatible sandbox is running at ${origin}, for this tour only.`,
    byHand
      ? `Your browser opens for each sign-in${trusted ? '' : '; it warns of the sandbox’s certificate, which was made on the fly'}.`
      : 'There is no screen, so the demo signs in with a user agent of its own, through the same pages.',
  ].join('\n');
}

/** Whether somebody would see a browser: one may be started, as by `login`, and there is a display. */
function hasScreen({ runtime, interactive }: CommandContext): boolean {
  const browser = namedBrowser(runtime.env);
  if (browser) return browser !== 'none';
  return interactive && showsBrowser(runtime);
}

function stopped(command: string, exitCode: number): Failure {
  return new Failure('failed', `The tour stopped: "${command}" ended with exit code ${exitCode}.`, {
    code: 'demo_stopped',
    hint: wording`Run ${ping14c('demo --debug')}, and report what it prints.`,
  });
}
