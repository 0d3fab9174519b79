import { describe, expect, it } from 'vitest';
import { browserFor, sandboxMachine } from '../support/sandbox-machine.ts';

const ssh = { SSH_CONNECTION: '198.51.100.4 50123 192.0.2.7 22', SSH_TTY: '/dev/pts/0', USER: 'ada' };

describe('login by SSH', () => {
  it('shows how to bring the browser here before the address, and takes the pasted one', async () => {
    const landings: string[] = [];
    const machine = await sandboxMachine({
      env: ssh,
      sandboxOptions: {
        // The browser is on another machine, where nothing listens: its last redirect is lost, its address bar is not.
        intercept: async (_request, proceed) => {
          const response = await proceed();
          const location = String(response.headers?.['location'] ?? '');
          if (!location.includes('/callback?')) return response;
          landings.push(location);
          return { status: 200, headers: { 'content-type': 'text/html' }, body: '<p>This page cannot be reached.' };
        },
      },
    });
    const { outcome, runtime } = machine.start('login', '--no-browser');
    const shown = await runtime.said(/\/as\/authorize\?.*\n/);
    const port = /redirect_uri=https%3A%2F%2F127\.0\.0\.1%3A(\d+)/.exec(shown)?.[1];
    expect(shown).toContain(`\n  ssh -L ${port}:127.0.0.1:${port} ada@192.0.2.7\n`);
    expect(shown.indexOf('ssh -L')).toBeLessThan(shown.indexOf('/as/authorize?'));
    const url = shown.split('\n').find((line) => line.includes('/as/authorize?')) ?? '';
    await browserFor(machine.sandbox, shown).signIn(url, { username: 'ada', password: 'Analytical-Engine-1843' });
    runtime.stdin.write(`${landings[0]}\n`);
    const { exitCode, stdout, stderr } = await outcome;
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain('Signed in as Ada King Lovelace');
  });

  it('without a terminal speaks of no paste, and ends at its deadline', async () => {
    const machine = await sandboxMachine({ env: ssh, terminal: false });
    const { outcome, runtime } = machine.start('login');
    const shown = await runtime.said(/\/as\/authorize\?.*\n/);
    expect(shown).toContain('ssh -L');
    expect(shown).toContain('"ping14c login --device"');
    expect(shown).not.toMatch(/paste/i);
    await machine.sleepsThrough(300_000);
    expect((await outcome).exitCode).toBe(6);
  });
});
