import { Failure } from '../errors.ts';
import type { Prompt, Runtime } from '../runtime.ts';
import type { QuietTerminal } from './quiet-terminal.ts';

/** Questions asked with inquirer, loaded when the first is asked. Ctrl-C at a prompt ends the command as SIGINT does. */
export function terminalPrompt(
  { quietly, hearing, answerKeys }: QuietTerminal,
  streams: Pick<Runtime, 'stderr'>,
): Prompt {
  const ask = <T>(question: object, signal: AbortSignal): Promise<T> => quietly(() => asked<T>(question, signal));
  return {
    quietly,
    hearing,
    input: (question, signal) => ask({ ...question, type: 'input' }, signal),
    // Without `toggleMask: false` inquirer shows the password on ctrl+t.
    password: (question, signal) => ask({ ...question, type: 'password', toggleMask: false }, signal),
    newPassword: (question, signal) => ask({ ...question, type: 'newPassword' }, signal),
    confirm: (question, signal) => ask({ ...question, type: 'confirm' }, signal),
    select: (question, signal) => ask({ ...question, type: 'select' }, signal),
  };

  async function asked<T>(question: object, signal: AbortSignal): Promise<T> {
    const [{ default: inquirer }, { newPasswordPrompt }] = await Promise.all([
      import('inquirer'),
      import('./new-password-prompt.ts'),
    ]);
    const input = await answerKeys();
    // Ctrl-D, or a terminal that is gone: readline stops reading then, and inquirer would wait for ever.
    const left = new AbortController();
    input.once('pause', () => left.abort());
    const ended = AbortSignal.any([signal, left.signal]);
    const prompt = inquirer.createPromptModule({ input, output: streams.stderr, signal: ended });
    prompt.registerPrompt('newPassword', newPasswordPrompt as never);
    try {
      const { answer } = (await prompt([{ ...question, name: 'answer' } as never])) as { answer: T };
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
