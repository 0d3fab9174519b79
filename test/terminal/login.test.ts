import { describe, expect, it } from 'vitest';
import { createUserAgent } from '../../src/sandbox/user-agent.ts';
import { type SandboxMachine, sandboxMachine } from '../support/sandbox-machine.ts';
import { openTerminal, type Terminal } from '../support/terminal.ts';

// The built program in a real pseudo-terminal.

describe('login --no-browser in a terminal', () => {
  it('takes the pasted address that a browser elsewhere ended on', async () => {
    const { machine, terminal, landings } = await opened();
    const url = await authorizationUrl(terminal);
    const agent = createUserAgent({ trust: machine.sandbox.certificate.cert });
    await agent.signIn(url, { username: 'ada', password: 'Analytical-Engine-1843' });
    expect(landings).toHaveLength(1);
    terminal.type(`${landings[0]}\r`);
    const { exitCode, restored, text } = await terminal.ended;
    expect(text).toContain('Signed in as Ada King Lovelace (ada@example.com)');
    expect(exitCode).toBe(0);
    expect(restored).toBe(true);
    expect((await machine.run('token')).exitCode).toBe(0);
  });

  it('Ctrl-C ends the waiting: nothing is stored, the terminal is as it was', async () => {
    const { machine, terminal } = await opened();
    await authorizationUrl(terminal);
    terminal.type('\u0003');
    expect(await terminal.ended).toMatchObject({ exitCode: 130, restored: true });
    expect((await machine.run('token')).exitCode).toBe(4);
  });
});

/** A sandbox whose redirects to the loopback listener get lost, as those of a browser on another machine do. */
async function opened(): Promise<{
  readonly machine: SandboxMachine;
  readonly terminal: Terminal;
  readonly landings: readonly string[];
}> {
  const landings: string[] = [];
  const machine = await sandboxMachine({
    env: { PING14C_STORE: 'file' },
    sandboxOptions: {
      intercept: async (_request, proceed) => {
        const response = await proceed();
        const location = String(response.headers?.['location'] ?? '');
        if (!location.includes('/callback?')) return response;
        landings.push(location);
        return { status: 200, headers: { 'content-type': 'text/html' }, body: '<p>This page cannot be reached.' };
      },
    },
  });
  const terminal = openTerminal(['login', '--no-browser'], machine.runtime().env);
  return { machine, terminal, landings };
}

async function authorizationUrl(terminal: Terminal): Promise<string> {
  const text = await terminal.said(/https:\S+\/as\/authorize\?[\s\S]*Paste|Paste[\s\S]*\/as\/authorize\?\S+\s/i);
  // The terminal wraps nothing: one URL, one line.
  return /https:\S+\/as\/authorize\?\S+/.exec(text)?.[0] ?? '';
}
