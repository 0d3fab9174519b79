import { describe, expect, it } from 'vitest';
import { createUserAgent } from '../../src/sandbox/user-agent.ts';
import { type SandboxMachine, sandboxMachine } from '../support/sandbox-machine.ts';
import { openTerminal, type Terminal, type TerminalOptions } from '../support/terminal.ts';

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

describe('login that waits for its browser', () => {
  it('shows the address at the key u, and has the terminal copy it at c', async () => {
    const { terminal } = await waiting();
    terminal.type('u');
    const [url = ''] = /https:\S+\/as\/authorize\?\S+/.exec(await terminal.said(/\/as\/authorize\?\S+\s/)) ?? [];
    terminal.type('c');
    await terminal.said(/The terminal was asked to copy the address/);
    expect(terminal.raw()).toContain(`\u001b]52;c;${Buffer.from(url).toString('base64')}\u0007`);
    terminal.type('\u0003');
    expect(await terminal.ended).toMatchObject({ exitCode: 130, restored: true });
  });

  it('takes no key from what is pasted, marked or not', async () => {
    const { terminal } = await waiting();
    terminal.type('\u001b[200~u\u001b[201~');
    await terminal.said(/That is not the address/);
    terminal.type('cu\r');
    await terminal.said(/That is not the address[\s\S]*That is not the address/);
    expect(terminal.raw()).not.toMatch(/as\/authorize|\]52;/);
    terminal.type('\u0003');
    expect(await terminal.ended).toMatchObject({ exitCode: 130, restored: true });
  });

  it('gives the terminal to the shell at Ctrl-Z, and takes it back', async () => {
    const { terminal } = await waiting({ jobControl: true });
    expect(pastesMarked(terminal)).toBe(true);
    terminal.type('\u001a');
    expect(await terminal.stopped()).toEqual({ restored: true });
    expect(pastesMarked(terminal)).toBe(false);
    const before = terminal.raw().length;
    terminal.type('\r');
    await expect.poll(() => pastesMarked(terminal), { timeout: 20_000 }).toBe(true);
    terminal.type('u');
    await expect.poll(() => terminal.raw().slice(before), { timeout: 20_000 }).toMatch(/as\/authorize\?/);
    terminal.type('\u0003');
    expect(await terminal.ended).toMatchObject({ exitCode: 130, restored: true });
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('marks no paste any more after %s', async (signal) => {
    const { terminal } = await waiting();
    terminal.signal(signal);
    expect(await terminal.ended).toMatchObject({ restored: true });
    expect(pastesMarked(terminal)).toBe(false);
  });
});

/** A browser that shows its page to somebody who does nothing. */
async function waiting(options: TerminalOptions = {}): Promise<{ readonly terminal: Terminal }> {
  const machine = await sandboxMachine({ env: { PING14C_STORE: 'file' } });
  const { NO_COLOR: _, ...env } = machine.runtime().env;
  const terminal = openTerminal(['login'], { ...env, BROWSER: 'true' }, options);
  await terminal.said(/Press Enter/);
  terminal.type('\r');
  await terminal.said(/Waiting for the browser, \d:\d\d left/);
  return { terminal };
}

/** Whether the terminal would mark what is pasted into it. */
function pastesMarked(terminal: Terminal): boolean {
  return terminal.raw().lastIndexOf('\u001b[?2004h') > terminal.raw().lastIndexOf('\u001b[?2004l');
}

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
