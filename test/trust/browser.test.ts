import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Certificate } from '../../src/loopback/certificate.ts';
import { issueCertificate, makeAuthority, validityFrom } from '../../src/trust/authority.ts';
import { certutil, certutilIsAbsent, makeDatabase, realPrograms, testHome } from '../support/certutil.ts';
import { chromiumIsAbsent, startChromium } from '../support/chromium.ts';
import { testMachine } from '../support/test-runtime.ts';

const warning = 'net::ERR_CERT_AUTHORITY_INVALID';

describe.skipIf(chromiumIsAbsent || certutilIsAbsent)(
  'a real Chromium, its real certificate database (skipped where chromium or certutil is absent and CI is not set)',
  () => {
    it('warns of nothing from "trust" to "trust --remove"', async () => {
      const home = testHome();
      const state = join(home, 'state');
      await ping14c(home, 'trust', '--yes');
      const { certificate, sandboxCertificate } = JSON.parse(
        readFileSync(join(state, 'trust', 'certificate.json'), 'utf8'),
      );
      for (const one of [certificate, sandboxCertificate])
        expect(await visits(home, one, ['127.0.0.1', 'localhost'])).toEqual(['200', '200']);
      const removed = await ping14c(home, 'trust', '--remove');
      expect(removed).toContain(`Chromium, Chrome (${join(home, '.pki', 'nssdb')}): removed`);
      for (const one of [certificate, sandboxCertificate])
        expect(await visits(home, one, ['127.0.0.1', 'localhost'])).toEqual([warning, warning]);
    });

    it('refuses what a thief of such an authority’s key would sign for another host', async () => {
      const home = testHome();
      const database = join(home, '.pki', 'nssdb');
      makeDatabase(database);
      const validity = validityFrom(Date.now());
      const authority = makeAuthority(validity);
      writeFileSync(join(home, 'authority.pem'), authority.cert);
      certutil('-A', '-n', authority.name, '-t', 'C,,', '-d', `sql:${database}`, '-i', join(home, 'authority.pem'));
      const visit = (host: string) => visits(home, issueCertificate(authority, validity, [host]), [host]);
      expect(await visit('127.0.0.1')).toEqual(['200']);
      expect(await visit('127.0.0.2')).toEqual(['net::ERR_CERT_INVALID']);
      expect(await visit('example.com')).toEqual(['net::ERR_CERT_INVALID']);
    });

    it('signs a person in on the sandbox’s pages and the listener’s without a warning, and the terminal speaks of none', async () => {
      const visits: Promise<string | null>[] = [];
      const machine = testMachine({
        platform: 'linux',
        env: { PING14C_STORE: 'file' },
        programs: realPrograms,
        browser: (url) => visits.push(signsIn(url)),
      });
      const signsIn = async (url: string) => {
        const browser = await startChromium({ env: browserHome(machine.folder) });
        onTestFinished(browser.close);
        const page = await browser.context.newPage();
        await page.goto(url);
        await page.getByLabel('User name').fill('ada');
        await page.getByLabel('Password', { exact: true }).fill('Analytical-Engine-1843');
        await page.locator('button.primary').click();
        return page.getByRole('heading', { name: 'You are signed in' }).textContent();
      };
      expect((await machine.run('trust', '--yes')).exitCode).toBe(0);
      const sandbox = machine.start('sandbox', '--port', '0');
      await sandbox.runtime.said(/Each request is told here/);
      const { exitCode, stderr } = await machine.run('login', '-P', 'sandbox');
      sandbox.runtime.interrupt();
      await sandbox.outcome;
      expect(exitCode, stderr).toBe(0);
      expect(await Promise.all(visits)).toEqual(['You are signed in']);
      expect(stderr).toMatch(/^Sign in at /m);
      expect(stderr).not.toMatch(/Advanced|warn|Press Enter/i);
    });
  },
);

/** Runs the built program in this home, and returns its standard output. */
async function ping14c(home: string, ...argv: string[]): Promise<string> {
  const env = { ...process.env, ...browserHome(home), PING14C_STATE_DIR: join(home, 'state') };
  const { stdout } = await promisify(execFile)(process.execPath, ['bin/ping14c.js', ...argv], { env });
  return stdout;
}

/** What a new Chromium of this home says of a server with this certificate: the status, or the error. */
async function visits(home: string, { cert, key }: Pick<Certificate, 'cert' | 'key'>, hosts: readonly string[]) {
  const server = createServer({ cert, key }, (_request, response) => void response.end('here'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { context, close } = await startChromium({
    env: browserHome(home),
    args: ['--host-resolver-rules=MAP * 127.0.0.1'],
  });
  const answers: string[] = [];
  for (const host of hosts) {
    const page = await context.newPage();
    const answer = await page.goto(`https://${host}:${port}/`).then(
      (response) => String(response?.status()),
      (error: Error) => /net::\w+/.exec(error.message)?.[0] ?? error.message,
    );
    answers.push(answer);
  }
  await close();
  server.closeAllConnections();
  server.close();
  return answers;
}

function browserHome(home: string) {
  return { HOME: home, XDG_DATA_HOME: join(home, '.local', 'share'), XDG_CONFIG_HOME: join(home, '.config') };
}
