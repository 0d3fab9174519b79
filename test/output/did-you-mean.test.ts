import { describe, expect, it } from 'vitest';
import { didYouMean } from '../../src/output/did-you-mean.ts';
import { testMachine } from '../support/test-runtime.ts';

const known = ['keychain', 'file', 'memory', 'eu', 'ca', 'client-secret', 'worker-client-secret'];

it.each([
  ['keychian', 'Did you mean keychain? '],
  ['Keychain', 'Did you mean keychain? '],
  ['fiel', 'Did you mean file? '],
  ['flie', 'Did you mean file? '],
  ['memry', 'Did you mean memory? '],
  ['ue', 'Did you mean eu? '],
  ['ea', 'Did you mean eu or ca? '],
  ['secret', 'Did you mean client-secret or worker-client-secret? '],
  ['keych', 'Did you mean keychain? '],
  ['x', ''],
  ['us', ''],
  ['cloud', ''],
  ['', ''],
])('near to %j: %j', (word, asked) => {
  expect(didYouMean(word, known)).toBe(asked);
});

it('has nothing to ask where nothing is known', () => {
  expect(didYouMean('work', [])).toBe('');
});

describe('a misspelt', () => {
  it.each([
    ['command', 'stauts', 'Did you mean status?'],
    ['command of a command', 'config lst', 'Did you mean list?'],
    ['command whose help is asked for', 'stauts --help', 'Did you mean status?'],
    ['command of a command, whose help is asked for', 'config lst --help', 'Did you mean list?'],
    ['help', 'hlep', 'Did you mean help?'],
    ['option', 'login --devcie', 'Did you mean --device?'],
    ['setting', 'config set clientid x', 'Did you mean client-id?'],
    ['setting to read', 'config get regoin', 'Did you mean region?'],
    ['value of a setting', 'config set store keychian', 'Did you mean keychain?'],
    ['profile', 'status -P wrok', 'Did you mean work?'],
    ['profile to use', 'profile use wrok', 'Did you mean work?'],
    ['fault', 'sandbox --fault token-5x,clock-ahaed', 'Did you mean token-5xx? Did you mean clock-ahead?'],
    ['topic', 'help setings', 'Did you mean settings?'],
    ['command to explain', 'help config unste', 'Did you mean unset?'],
    ['region', 'status --region ue', 'Did you mean eu?'],
    ['region’s name', 'status --region Eurpe', 'Did you mean europe?'],
    ['store', 'status --store fiel', 'Did you mean file?'],
    ['authentication method', 'status --auth-method basic', 'Did you mean client_secret_basic?'],
    ['prompt', 'login --prompt lgoin', 'Did you mean login?'],
    ['format', 'token --format jsno', 'Did you mean json?'],
    ['tool', 'exec --for teraform -- true', 'Did you mean terraform?'],
    ['shell', 'completion bahs', 'Did you mean bash?'],
  ])('%s is answered with the near one (%s)', async (_, line, hint) => {
    const machine = testMachine();
    await machine.run('config', 'set', 'region', 'ca', '-P', 'work');
    const { exitCode, stdout, stderr } = await machine.run(...line.split(' '));
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`Hint: ${hint}`);
  });

  it('value in a variable or a profile is answered so, too', async () => {
    const inVariable = await testMachine({ env: { PING14C_GRANT: 'device-code' } }).run('status');
    expect(inVariable.stderr).toContain('Hint: Did you mean device_code? Fix PING14C_GRANT.');
  });
});
