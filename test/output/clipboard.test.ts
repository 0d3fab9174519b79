import { expect, it } from 'vitest';
import { copyText } from '../../src/output/clipboard.ts';
import type { ProgramOutcome } from '../../src/runtime.ts';
import { testMachine } from '../support/test-runtime.ts';

const done: ProgramOutcome = { kind: 'ended', exitCode: 0, stdout: '', stderr: '' };
const asked = `\u001b]52;c;${Buffer.from('the text').toString('base64')}\u0007`;

async function copying(platform: NodeJS.Platform, outcome: ProgramOutcome, env = {}) {
  const started: unknown[] = [];
  const runtime = testMachine({ platform, env }).runtime();
  const how = await copyText('the text', {
    ...runtime,
    runProgram: async (file, args, { stdin }) => {
      started.push([file, ...args, stdin]);
      return outcome;
    },
  });
  return { how, started, written: runtime.printed().stderr };
}

it.each([
  ['darwin', '/usr/bin/pbcopy'],
  ['win32', 'C:\\Windows\\System32\\clip.exe'],
] as const)('gives the text to the program of %s on its standard input', async (platform, program) => {
  expect(await copying(platform, done)).toEqual({ how: 'copied', started: [[program, 'the text']], written: '' });
});

it('asks the terminal on Linux, where no program is sure to be there', async () => {
  expect(await copying('linux', done)).toEqual({ how: 'asked the terminal', started: [], written: asked });
});

it('asks the terminal by SSH, since the clipboard is on another machine', async () => {
  const ssh = { SSH_CONNECTION: '198.51.100.4 50123 192.0.2.7 22' };
  expect(await copying('darwin', done, ssh)).toMatchObject({ started: [], written: asked });
});

it.each<ProgramOutcome>([{ kind: 'absent' }, { ...done, exitCode: 1 }, { kind: 'failed', reason: 'too slow' }])(
  'asks the terminal where the program does not do it: %j',
  async (outcome) => {
    expect(await copying('darwin', outcome)).toMatchObject({ how: 'asked the terminal', written: asked });
  },
);
