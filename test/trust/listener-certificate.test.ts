import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeCertificate } from '../../src/loopback/certificate.ts';
import { listenerCertificate } from '../../src/trust/listener-certificate.ts';
import { makeTrustedCertificate, writeTrustedCertificate } from '../../src/trust/trusted-certificate.ts';
import { testHome } from '../support/certutil.ts';
import { stateFolderAt } from '../support/own-folders.ts';
import { sandboxMachine } from '../support/sandbox-machine.ts';

const dayMs = 24 * 3_600_000;
const warning = 'your browser warns that ';
const whole = /^The certificate’s SHA-256 fingerprint: (.*)$/m;

describe('login', () => {
  it('with the trusted certificate shows its fingerprint, and nothing about a warning', async () => {
    const { machine, trusted } = await trustingMachine();
    const { exitCode, stderr } = await machine.run('login', '--verbose');
    expect(exitCode, stderr).toBe(0);
    expect(whole.exec(stderr)?.[1]).toBe(trusted.certificate.fingerprint256);
    expect(stderr).not.toContain(warning);
    expect(stderr).not.toContain('renew');
  });

  it('without it says how to be spared the warning', async () => {
    const machine = await sandboxMachine();
    const { stderr } = await machine.run('login');
    expect(stderr).toContain(warning);
    expect(stderr).toContain('"ping14c trust" ends the warning.');
  });

  it.each([
    [366, false],
    [368, true],
  ])('tells 30 days ahead that the certificate is to be renewed (%i days old: %s)', async (daysOld, told) => {
    const { machine } = await trustingMachine(daysOld);
    const { exitCode, stderr } = await machine.run('login', '--verbose');
    expect(exitCode, stderr).toBe(0);
    expect(/The listener's certificate is good until .*\. Run "ping14c trust" to renew it\./.test(stderr)).toBe(told);
    expect(stderr).not.toContain(warning);
  });

  it('makes one for this sign-in once the trusted one has ended, and says so', async () => {
    const { machine, trusted } = await trustingMachine(398);
    const { exitCode, stderr } = await machine.run('login');
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain('Warning: The certificate of "ping14c trust" ended at');
    expect(stderr).toContain(warning);
    expect(stderr).not.toContain(trusted.certificate.fingerprint256);
  });

  it.each([
    [
      'can be read by others',
      (file: string) => chmodSync(file, 0o644),
      /is not used: .* can be read or changed by others/,
    ],
    ['is damaged', (file: string) => writeFileSync(file, '{"version":1,"authority":[]}'), /ping14c trust/],
    ['is a newer version’s', (file: string) => writeFileSync(file, '{"version":2}'), /ping14c trust/],
  ])('goes on with one of its own when the kept one %s', async (_name, spoil, said) => {
    const { machine } = await trustingMachine();
    spoil(join(machine.stateFolder, 'trust', 'certificate.json'));
    const { exitCode, stderr } = await machine.run('login');
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain(warning);
    expect(stderr).toMatch(said);
  });

  it('makes one for a redirect URI that the trusted one is not for', async () => {
    const { machine } = await trustingMachine();
    const argv = ['login', '--no-browser', '--no-preflight', '--redirect-uri', 'https://127.0.0.2/callback'];
    const { outcome, runtime } = machine.start(...argv);
    await runtime.said(/authorize\?.*\n/);
    runtime.interrupt();
    const { stderr } = await outcome;
    expect(stderr).toContain('"ping14c trust" is not for 127.0.0.2, the host of the redirect URI; one is made');
    expect(stderr).toContain(warning);
  });

  it('takes a certificate and key of one’s own before the trusted one', async () => {
    const { machine } = await trustingMachine();
    const own = makeCertificate({ now: machine.now(), days: 1 });
    const [cert, key] = [join(machine.folder, 'cert.pem'), join(machine.folder, 'key.pem')];
    writeFileSync(cert, own.cert);
    writeFileSync(key, own.key);
    const { exitCode, stderr } = await machine.run('login', '--verbose', '--cert', cert, '--key', key);
    expect(exitCode, stderr).toBe(0);
    expect(whole.exec(stderr)?.[1]).toBe(own.fingerprint256);
  });

  it.each([['--cert'], ['--key']])('refuses %s alone, before anything is sent', async (flag) => {
    const machine = await sandboxMachine();
    const { exitCode, stderr } = await machine.run('login', flag, 'file.pem');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--cert and --key belong together; one of them is missing.');
    expect(machine.sandbox.requests()).toEqual([]);
  });

  it('refuses files that cannot work before anything is sent', async () => {
    const machine = await sandboxMachine();
    const { exitCode, stderr } = await machine.run('login', '--cert', '/no/cert.pem', '--key', '/no/key.pem');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Error: /no/cert.pem cannot be read');
    expect(machine.sandbox.requests()).toEqual([]);
  });
});

it.each([
  ['30 days and a moment before its end', -30 * dayMs - 1, { used: true, notes: 0, warnings: 0 }],
  ['30 days before its end', -30 * dayMs, { used: true, notes: 1, warnings: 0 }],
  ['a moment before its end', -1, { used: true, notes: 1, warnings: 0 }],
  ['at its end', 0, { used: false, notes: 0, warnings: 1 }],
])('the kept certificate, %s', async (_name, fromItsEndMs, expected) => {
  const stateFolder = stateFolderAt(testHome());
  const trusted = makeTrustedCertificate(Date.now());
  await writeTrustedCertificate(stateFolder, trusted);
  const [notes, warnings]: [unknown[], unknown[]] = [[], []];
  const output = { note: notes.push.bind(notes), warn: warnings.push.bind(warnings) };
  const use = { redirectUri: 'https://127.0.0.1:8443/callback', now: trusted.expiresAt + fromItsEndMs };
  const certificate = await listenerCertificate({}, use, stateFolder, output);
  expect({ used: certificate !== undefined, notes: notes.length, warnings: warnings.length }).toEqual(expected);
});

/** A machine on which `trust` was run that many days ago; its stores are the browser's affair. */
async function trustingMachine(daysAgo = 0) {
  const machine = await sandboxMachine();
  const trusted = makeTrustedCertificate(machine.now() - daysAgo * dayMs);
  await writeTrustedCertificate(stateFolderAt(machine.stateFolder), trusted);
  return { machine, trusted };
}
