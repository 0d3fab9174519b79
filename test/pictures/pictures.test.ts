import { writeFileSync } from 'node:fs';
import { readFile, watch } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Chromium, chromiumIsAbsent, startChromium } from '../support/chromium.ts';
import { type SandboxMachine, sandboxMachine } from '../support/sandbox-machine.ts';
import { openTerminal, type Terminal } from '../support/terminal.ts';
import { terminalPicture } from './terminal-picture.ts';

// The pictures of README.md and docs/, from runs of the built program in a real terminal and a real Chromium. Those of the terminal
// are compared with what it shows today; `npm run pictures` makes all of them anew.

const columns = 80;
/** In pixels: what is below on a page is left out. */
const [pageWidth, tallest] = [640, 740];
const folder = 'docs/pictures';
const adasPassword = 'Analytical-Engine-1843';

describe.skipIf(chromiumIsAbsent)(
  'what the pictures show (skipped where /usr/bin/chromium is absent and CI is not set)',
  () => {
    it('is what login and whoami show', async () => {
      // It is there before it is needed: `login` tells more to somebody who waits for long.
      const browser = await startChromium({ viewport: { width: pageWidth, height: 480 } });
      onTestFinished(() => browser.close());
      const machine = await sandboxMachine({ env: { PING14C_STORE: 'file' } });
      const login = opened(machine, 'login');
      await login.said(/Press Enter/);
      login.type('\r');
      await signIn(browser, await addressFor(machine));
      await login.ended;
      const whoami = opened(machine, 'whoami');
      await whoami.ended;
      await compare(
        'login',
        `${shell('login', login)}\r\n${shell('whoami', whoami)}`,
        'ping14c login, then ping14c whoami',
      );
    });

    it('is what passwd shows while somebody types', async () => {
      const machine = await sandboxMachine({ env: { PING14C_STORE: 'file', BROWSER: 'a browser' } });
      expect(await machine.run('login')).toMatchObject({ exitCode: 0 });
      const passwd = opened(machine, 'passwd');
      await passwd.said(/Current password/);
      passwd.type(`${adasPassword}\r`);
      await passwd.said(/New password/);
      passwd.type('Difference1');
      await passwd.said(/✓ at least 1 digit[\s\S]*last 6 passwords/);
      const half = shell('passwd', passwd);
      passwd.type('\u0003');
      await passwd.ended;
      await compare('passwd', half, 'ping14c passwd, with the rules of the policy ticked off');
    });
  },
);

/** The built program in a terminal, with colours, a browser that leaves the address behind, and no sign of a container. */
function opened(machine: SandboxMachine, ...argv: string[]): Terminal {
  const { NO_COLOR: _, ...env } = machine.runtime().env;
  const browser = join(machine.folder, 'browser.sh');
  writeFileSync(
    browser,
    `#!/bin/sh\necho "$1" > '${machine.folder}/address.part'\nmv '${machine.folder}/address.part' '${machine.folder}/address'\n`,
    { mode: 0o700 },
  );
  const hidden = `--require=${join(import.meta.dirname, 'outside-containers.cjs')}`;
  return openTerminal(argv, { ...env, BROWSER: browser, NODE_OPTIONS: hidden }, { columns });
}

async function addressFor({ folder }: SandboxMachine): Promise<string> {
  const read = () => readFile(join(folder, 'address'), 'utf8').catch(() => undefined);
  const changes = watch(folder);
  for (let address = await read(); ; address = await read()) {
    if (address) return address.trim();
    await changes[Symbol.asyncIterator]().next();
  }
}

/** Signs in as a person does: past the warning of the sandbox's page and that of the listener's. */
async function signIn(browser: Chromium, address: string): Promise<void> {
  const page = await browser.context.newPage();
  await page.goto(address).catch(() => {});
  await proceed(page);
  const ada = page.getByRole('button', { name: 'ada' });
  await ada.waitFor();
  await photograph(page, 'page-sign-in');
  await ada.click({ noWaitAfter: true });
  await page.locator('#details-button').waitFor();
  await photograph(page, 'page-warning');
  await proceed(page);
  await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
  await photograph(page, 'page-signed-in');
}

async function proceed(page: Page): Promise<void> {
  await page.locator('#details-button').click();
  // Clicked from within: Playwright waits in vain for a warning page, which is none of its own, to be gone.
  await page.locator('#proceed-link').waitFor();
  await page.evaluate("document.getElementById('proceed-link').click()");
}

/** Only where pictures are made: pixels depend on the fonts of a machine. */
async function photograph(page: Page, name: string): Promise<void> {
  if (!process.env['PING14C_PICTURES']) return;
  for (const [colorScheme, ending] of [
    ['light', ''],
    ['dark', '-dark'],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    const height = Math.min(tallest, await page.evaluate<number>('document.documentElement.scrollHeight'));
    const clip = { x: 0, y: 0, width: pageWidth, height };
    await page.screenshot({ path: join(folder, `${name}${ending}.png`), fullPage: true, clip });
  }
  await page.emulateMedia({ colorScheme: null });
}

/** What somebody sees at a shell. The prompt is drawn; what follows it is the program's. */
function shell(command: string, terminal: Terminal): string {
  const written = terminal.raw().split('[exit=')[0] ?? '';
  return `\u001b[1;32m$\u001b[m \u001b[1mping14c ${command}\u001b[m\r\n${same(written)}`;
}

/** What is another in each run is the same in each picture: ports, the fingerprint, the time left, and dates. */
function same(written: string): string {
  return written
    .replace(/127\.0\.0\.1:\d{5}/g, '127.0.0.1:34567')
    .replace(/(?:[0-9A-F]{2}:){7}[0-9A-F]{2}/g, '8F:3A:52:D1:07:BC:4E:96')
    .replace(/\b4:\d\d left/g, '4:58 left')
    .replace(/\d+ \w{3} \d{4}, \d\d:\d\d UTC/g, '9 Mar 2026, 08:30 UTC')
    .replace(/changed \d+ \w{3} \d{4}/g, 'changed 7 Feb 2026')
    .replace(/until \d+ \w{3} \d{4}/g, 'until 6 Aug 2026');
}

async function compare(name: string, written: string, title: string): Promise<void> {
  for (const [theme, ending] of [
    ['light', ''],
    ['dark', '-dark'],
  ] as const) {
    const picture = await terminalPicture(written, columns, title, theme);
    await expect(picture).toMatchFileSnapshot(join('../..', folder, `${name}${ending}.svg`));
  }
}
