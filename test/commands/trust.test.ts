import { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { realPrograms } from '../support/certutil.ts';
import { macKeychains } from '../support/mac-keychains.ts';
import { type TestMachine, type TestMachineOptions, testMachine } from '../support/test-runtime.ts';

const dayMs = 24 * 3_600_000;

describe('trust', () => {
  it('explains, asks, and then tells what became of each store and until when it is good', async () => {
    const { machine, authorities } = macMachine({ answers: [true] });
    const { exitCode, stdout, stderr } = await machine.run('trust');
    expect(exitCode, stderr).toBe(0);
    expect(machine.asked).toEqual(['Continue?']);
    expect(stderr).toContain('can vouch for localhost, 127.0.0.1 and ::1 only');
    expect(stderr).toContain(join(machine.stateFolder, 'trust'));
    expect(stderr).toContain('"ping14c trust --remove" takes all of it away again.');
    expect(stdout).toMatch(
      /^the login keychain: added\nCertificates of listener and sandbox: good until .* \(396 days 23 hours\)\n$/,
    );
    expect(authorities('login')).toHaveLength(1);
    expect(authorities('System')).toEqual([]);
  });

  it('keeps certificate and key for the user’s eyes only, and no key of the authority', async () => {
    const { machine, authorities } = macMachine();
    await machine.run('trust', '--yes');
    const folder = join(machine.stateFolder, 'trust');
    const files = readdirSync(folder).map((name) => join(folder, name));
    expect([folder, ...files].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600, 0o600]);
    const everything = files.map((file) => readFileSync(file, 'utf8')).join();
    expect(everything.match(/PRIVATE KEY-----/g)).toHaveLength(4);
    const { certificate, sandboxCertificate, authority } = kept(machine);
    for (const { cert } of [certificate, sandboxCertificate])
      expect(new X509Certificate(cert).checkIssued(new X509Certificate(authority.cert))).toBe(true);
    expect(authorities('login')).toEqual([authority.name]);
  });

  it('changes nothing when the person does not agree', async () => {
    const { machine, authorities } = macMachine({ answers: [false] });
    const { exitCode, stdout, stderr } = await machine.run('trust');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('Error: Nothing was changed.');
    expect(authorities('login')).toEqual([]);
    expect(existsSync(join(machine.stateFolder, 'trust'))).toBe(false);
  });

  it.each([[{ terminal: false }, []] as const, [{}, ['--no-input']] as const])(
    'asks nobody who is not there, and names --yes (%j %j)',
    async (options, argv) => {
      const { machine, authorities } = macMachine(options);
      const { exitCode, stderr } = await machine.run('trust', ...argv);
      expect(exitCode).toBe(2);
      expect(stderr).toContain('Hint: Add --yes if you agree.');
      expect(authorities('login')).toEqual([]);
    },
  );

  it('has nothing to do, and asks nothing, the second time', async () => {
    const { machine } = macMachine();
    await machine.run('trust', '--yes');
    const before = kept(machine);
    const { exitCode, stdout, stderr } = await machine.run('trust');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('the login keychain: there already');
    expect(kept(machine)).toEqual(before);
  });

  it('gives the same authority to a store that lacks it', async () => {
    const { machine, authorities } = macMachine();
    await machine.run('trust', '--yes');
    const { stdout, stderr } = await machine.run('trust', '--yes', '--system');
    expect(stderr).toContain('The certificates that you have are good until');
    expect(stdout).toMatch(/the login keychain: there already\nthe System keychain: added\n/);
    expect(authorities('System')).toEqual([kept(machine).authority.name]);
  });

  it('renews from 30 days before the end on, in every store that has the old one, and the old one goes', async () => {
    const { machine, authorities } = macMachine();
    await machine.run('trust', '--yes', '--system');
    const before = kept(machine).authority.name;
    machine.advance(366 * dayMs);
    expect((await machine.run('trust', '--yes')).stdout).toContain('there already');
    machine.advance(2 * dayMs);
    const { exitCode, stdout } = await machine.run('trust', '--yes');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /the login keychain: added\nthe System keychain: added\nCertificates of listener and sandbox: good until/,
    );
    const { name } = kept(machine).authority;
    expect(name).not.toBe(before);
    expect([authorities('login'), authorities('System')]).toEqual([[name], [name]]);
    expect(readdirSync(join(machine.stateFolder, 'trust'))).toHaveLength(2);
  });

  it('makes new ones where an older version has made none for the sandbox, and says before that they are missing', async () => {
    const { machine, authorities } = macMachine();
    await machine.run('trust', '--yes');
    const { sandboxCertificate: _, ...older } = kept(machine);
    const file = join(machine.stateFolder, 'trust', 'certificate.json');
    writeFileSync(file, JSON.stringify({ version: 1, ...older }));
    const listed = await machine.run('trust', '--list');
    expect(listed.stdout).toMatch(
      /^Certificate of the listener: good until .*; run "ping14c trust" to have one for the/,
    );
    expect((await machine.run('trust', '--yes')).stdout).toContain('the login keychain: added\n');
    const { authority, sandboxCertificate } = kept(machine);
    expect(sandboxCertificate.key).toContain('PRIVATE KEY');
    expect(authorities('login')).toEqual([authority.name]);
  });

  it('prints one JSON document with --json', async () => {
    const { machine } = macMachine();
    const { stdout } = await machine.run('trust', '--yes', '--json');
    const { authority, certificate, sandboxCertificate } = kept(machine);
    const { fingerprint256, validTo } = new X509Certificate(certificate.cert);
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      authority: authority.name,
      certificate: { fingerprint256, expiresAt: new Date(validTo).toISOString() },
      sandboxCertificate: {
        fingerprint256: new X509Certificate(sandboxCertificate.cert).fingerprint256,
        expiresAt: new Date(validTo).toISOString(),
      },
      stores: [{ store: 'the login keychain', outcome: 'added' }],
    });
  });
});

describe('a store that refuses', () => {
  it('the only one: nothing is kept, exit code 1, and it says what to do', async () => {
    const { machine } = macMachine({}, ['login']);
    const { exitCode, stdout, stderr } = await machine.run('trust', '--yes');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(
      'the login keychain: /usr/bin/security ended with 1: the user cancelled. Allow it in the dialog',
    );
    expect(readdirSync(join(machine.stateFolder, 'trust'))).toEqual([]);
  });

  it('one of two: the other is done, both are told, exit code 1', async () => {
    const { machine, authorities } = macMachine({}, ['System']);
    const { exitCode, stderr } = await machine.run('trust', '--yes', '--system', '--json');
    expect(exitCode).toBe(1);
    const { error } = JSON.parse(stderr.slice(stderr.indexOf('{"error"')));
    expect(error).toMatchObject({ code: 'trust_incomplete' });
    expect(error.details.map(({ message }: { message: string }) => message)).toEqual([
      'the login keychain: added',
      expect.stringContaining('the System keychain: /usr/bin/security ended with 1'),
    ]);
    expect(authorities('login')).toEqual([kept(machine).authority.name]);
  });

  it('for renewal: the old certificate stays as it was', async () => {
    const refusing: string[] = [];
    const { machine, authorities } = macMachine({}, refusing);
    await machine.run('trust', '--yes');
    const before = kept(machine);
    const files = readdirSync(join(machine.stateFolder, 'trust'));
    machine.advance(380 * dayMs);
    refusing.push('login');
    expect((await machine.run('trust', '--yes')).exitCode).toBe(1);
    expect(kept(machine)).toEqual(before);
    expect(readdirSync(join(machine.stateFolder, 'trust'))).toEqual(files);
    expect(authorities('login')).toEqual([before.authority.name]);
  });

  it('because its program is missing: the package is named, and nothing is left', async () => {
    const machine = testMachine({
      platform: 'linux',
      programs: async (file, args) => (file === 'certutil' ? { kind: 'absent' } : realPrograms(file, args)),
    });
    const { exitCode, stderr } = await machine.run('trust', '--yes');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('certutil is not installed. Install certutil: the package libnss3-tools (Debian, Ubuntu)');
    expect(existsSync(join(machine.folder, '.pki'))).toBe(false);
  });
});

describe('trust --list', () => {
  it('tells what is where, until when', async () => {
    const { machine } = macMachine();
    expect((await machine.run('trust', '--list')).stdout).toBe(
      'There is no certificate yet: "ping14c trust" makes one.\nthe login keychain: nothing\nthe System keychain: nothing\n',
    );
    await machine.run('trust', '--yes');
    const { name } = kept(machine).authority;
    const listed = (await machine.run('trust', '--list')).stdout;
    expect(listed).toMatch(/^Certificates of listener and sandbox: good until .* \(396 days 23 hours\)\n/);
    expect(listed).toContain(`the login keychain: ${name}\nthe System keychain: nothing\n`);
    machine.advance(370 * dayMs);
    expect((await machine.run('trust', '--list')).stdout).toMatch(/\(26 days .*\); run "ping14c trust" to renew\n/);
    machine.advance(30 * dayMs);
    expect((await machine.run('trust', '--list')).stdout).toMatch(
      /^Certificates of listener and sandbox: ended at .*; run "ping14c trust"/,
    );
  });

  it('tells of authorities that are left over, and of stores that do not answer', async () => {
    const { machine, keychains } = macMachine();
    keychains.login.add('ping14c local authority 00000000');
    expect((await machine.run('trust', '--list')).stdout).toContain('ping14c local authority 00000000, left over');
    const deaf = testMachine({
      programs: async () => ({ kind: 'failed', reason: 'gave no answer within 120 seconds' }),
    });
    const { exitCode, stdout } = await deaf.run('trust', '--list');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('the login keychain: /usr/bin/security: gave no answer within 120 seconds.');
  });

  it('prints one JSON document with --json', async () => {
    const { machine } = macMachine();
    await machine.run('trust', '--yes');
    const { name } = kept(machine).authority;
    expect(JSON.parse((await machine.run('trust', '--list', '--json')).stdout)).toMatchObject({
      schemaVersion: 1,
      authority: name,
      stores: [
        { store: 'the login keychain', authorities: [{ name, trusted: true }] },
        { store: 'the System keychain', authorities: [] },
      ],
    });
  });
});

describe('trust --remove', () => {
  it('takes away everything, everywhere, left-overs and a killed run’s too, with a line each; and again', async () => {
    const { machine, keychains, authorities } = macMachine();
    await machine.run('trust', '--yes', '--system');
    keychains.login.add('ping14c local authority 00000000').add('Company CA');
    const folder = join(machine.stateFolder, 'trust');
    writeFileSync(join(folder, 'certificate.json.0123.tmp'), 'a key', { mode: 0o600 });
    const first = await machine.run('trust', '--remove');
    expect(first.exitCode, first.stderr).toBe(0);
    expect(first.stdout).toBe(
      `The certificates and their keys (${folder}): removed\nthe login keychain: removed\nthe System keychain: removed\n`,
    );
    expect([authorities('login'), authorities('System')]).toEqual([['Company CA'], []]);
    expect(readdirSync(folder)).toEqual([]);
    const second = await machine.run('trust', '--remove');
    expect(second).toMatchObject({ exitCode: 0, stdout: first.stdout.replaceAll('removed', 'there was none') });
  });

  it('takes the key away even where a store refuses, says so, and can be run again', async () => {
    const refusing: string[] = [];
    const { machine, authorities } = macMachine({}, refusing);
    await machine.run('trust', '--yes');
    refusing.push('login');
    const { exitCode, stderr } = await machine.run('trust', '--remove');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('the login keychain: /usr/bin/security ended with 1');
    expect(existsSync(join(machine.stateFolder, 'trust', 'certificate.json'))).toBe(false);
    refusing.pop();
    expect((await machine.run('trust', '--remove')).exitCode).toBe(0);
    expect(authorities('login')).toEqual([]);
  });

  it('is not to be had together with --list', async () => {
    const { machine } = macMachine();
    expect((await machine.run('trust', '--remove', '--list')).exitCode).toBe(2);
  });
});

/** What the test reads of the file that login reads. */
function kept(machine: TestMachine): {
  readonly authority: { readonly name: string; readonly cert: string };
  readonly certificate: { readonly cert: string; readonly key: string };
  readonly sandboxCertificate: { readonly cert: string; readonly key: string };
} {
  return JSON.parse(readFileSync(join(machine.stateFolder, 'trust', 'certificate.json'), 'utf8'));
}

/** A Mac; those of its keychains that are named in `refusing` cannot be changed. */
function macMachine(options: TestMachineOptions = {}, refusing: readonly string[] = []) {
  const { programs, keychains } = macKeychains(refusing);
  const machine = testMachine({ programs, ...options });
  return { machine, keychains, authorities: (name: keyof typeof keychains) => [...keychains[name]] };
}
