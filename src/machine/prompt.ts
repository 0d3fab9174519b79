import { Failure } from '../errors.ts';
import type { OutputStream, Prompt, Runtime } from '../runtime.ts';
import type { QuietTerminal } from './quiet-terminal.ts';

/** Questions asked with inquirer, loaded when the first is asked. Ctrl-C at a prompt ends the command as SIGINT does. */
export function terminalPrompt(
  { quietly, hearing, answerKeys }: QuietTerminal,
  streams: Pick<Runtime, 'stderr'>,
  env: Runtime['env'],
): Prompt {
  const isDumb = env['TERM'] === 'dumb';
  const ask = <T>(question: Question, signal: AbortSignal): Promise<T> => quietly(() => asked<T>(question, signal));
  return {
    quietly,
    hearing,
    input: (question, signal) => ask({ ...question, type: 'input' }, signal),
    // Without `toggleMask: false` inquirer shows the password on ctrl+t.
    password: (question, signal) => ask({ ...question, type: 'password', toggleMask: false }, signal),
    newPassword: (question, signal) => ask({ ...question, type: 'newPassword', page: streams.stderr }, signal),
    confirm: (question, signal) => ask({ ...question, type: 'confirm' }, signal),
    select: async (question, signal) => {
      if (!isDumb && !env['ACCESSIBLE']) return ask({ ...question, type: 'choice' }, signal);
      const { numberedChoice } = await import('./numbered-choice.ts');
      return numberedChoice(question, (number) => ask({ ...number, type: 'input' }, signal), streams.stderr);
    },
  };

  async function asked<T>(question: Question, signal: AbortSignal): Promise<T> {
    const [{ default: inquirer }, { fittedQuestion }, { newPasswordPrompt }, { choicePrompt }] = await Promise.all([
      import('inquirer'),
      import('./fitted-question.ts'),
      import('./new-password-prompt.ts'),
      import('./choice-prompt.ts'),
    ]);
    // It is 0 where a pseudo-terminal was opened without a size.
    const { theme, ...fitted } = fittedQuestion(question, streams.stderr.columns || 80);
    // Node lets nobody mend a line there.
    const validationFailureMode = isDumb ? 'clear' : 'keep';
    const input = await answerKeys();
    // Ctrl-D, or a terminal that is gone: readline stops reading then, and inquirer would wait for ever.
    const left = new AbortController();
    input.once('pause', () => left.abort());
    const ended = AbortSignal.any([signal, left.signal]);
    const prompt = inquirer.createPromptModule({ input, output: streams.stderr, signal: ended });
    prompt.registerPrompt('newPassword', newPasswordPrompt as never);
    prompt.registerPrompt('choice', choicePrompt as never);
    try {
      const { answer } = (await prompt([
        { ...fitted, name: 'answer', theme: { ...theme, validationFailureMode } } as never,
      ])) as { answer: T };
      return answer;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (left.signal.aborted || (error instanceof Error && error.name === 'ExitPromptError')) {
        throw new Failure('interrupted', 'Cancelled.', { code: 'interrupted', cause: error });
      }
      throw error;
    }
  }
}

interface Question {
  readonly type: string;
  readonly message: string;
  readonly toggleMask?: boolean;
  readonly page?: OutputStream;
}
