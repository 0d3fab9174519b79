import inquirer from 'inquirer';
import { Failure } from '../errors.ts';
import type { InputStream, OutputStream, Prompt } from '../runtime.ts';
import { newPasswordPrompt } from './new-password-prompt.ts';

/** Questions asked with inquirer on the given streams. Ctrl-C at a prompt ends the command as SIGINT does. */
export function terminalPrompt(streams: { readonly input: InputStream; readonly output: OutputStream }): Prompt {
  async function ask<T>(question: object, signal: AbortSignal): Promise<T> {
    const prompt = inquirer.createPromptModule({ ...streams, signal });
    prompt.registerPrompt('newPassword', newPasswordPrompt as never);
    try {
      const { answer } = (await prompt([{ ...question, name: 'answer' } as never])) as { answer: T };
      return answer;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof Error && error.name === 'ExitPromptError') {
        throw new Failure('interrupted', 'Cancelled.', { code: 'interrupted', cause: error });
      }
      throw error;
    }
  }
  return {
    input: (question, signal) => ask({ ...question, type: 'input' }, signal),
    // Without `toggleMask: false` inquirer shows the password on ctrl+t.
    password: (question, signal) => ask({ ...question, type: 'password', toggleMask: false }, signal),
    newPassword: (question, signal) => ask({ ...question, type: 'newPassword' }, signal),
    confirm: (question, signal) => ask({ ...question, type: 'confirm' }, signal),
    select: (question, signal) => ask({ ...question, type: 'select' }, signal),
  };
}
