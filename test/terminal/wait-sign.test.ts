import { expect, it, onTestFinished } from 'vitest';
import { signedIn } from '../support/sandbox-machine.ts';
import { screenOf } from '../support/screen.ts';
import { openTerminal } from '../support/terminal.ts';

// The built program in a real pseudo-terminal.

it('a server that takes long is named while it is waited for, and nothing of that is left', async () => {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const machine = await signedIn({
    env: { PING14C_STORE: 'file' },
    sandboxOptions: {
      intercept: async ({ url }, proceed) => {
        if (url.pathname.endsWith('/userinfo')) await released;
        return proceed();
      },
    },
  });
  // The sandbox waits for its requests when it closes.
  onTestFinished(release);
  const { NO_COLOR: _, ...env } = machine.runtime().env;
  const terminal = openTerminal(['whoami'], env, { columns: 80 });
  await terminal.said(/Waiting for 127\.0\.0\.1:\d+…/);
  release();
  const { exitCode, text } = await terminal.ended;
  expect(exitCode, text).toBe(0);
  const screen = await screenOf(terminal.raw().split('[exit=')[0] ?? '', 80);
  expect(screen.join('\n')).toContain('Ada King Lovelace');
  expect(screen.join('\n')).not.toContain('Waiting for');
});
