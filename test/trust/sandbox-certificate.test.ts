import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  makeTrustedCertificate,
  type TrustedCertificate,
  writeTrustedCertificate,
} from '../../src/trust/trusted-certificate.ts';
import { stateFolderAt } from '../support/own-folders.ts';
import { type TestMachine, testMachine } from '../support/test-runtime.ts';

const dayMs = 24 * 3_600_000;

describe('the sandbox', () => {
  it('has the trusted certificate, and its client trusts the authority', async () => {
    const { machine, trusted } = await trustingMachine();
    const { shown, stderr } = await startedSandbox(machine);
    expect(shown).toBe(trusted.sandboxCertificate?.fingerprint256);
    expect(shown).not.toBe(trusted.certificate.fingerprint256);
    expect(readFileSync(join(machine.stateFolder, 'sandboxes', 'sandbox', 'ca.pem'), 'utf8')).toBe(
      trusted.authority.cert,
    );
    expect(stderr).not.toContain('trust');
    const { checks } = JSON.parse((await machine.run('-P', 'sandbox', 'doctor', '--json')).stdout);
    expect(checks).toContainEqual(expect.objectContaining({ name: 'Authorization server', kind: 'good' }));
  });

  it('makes one of its own once the trusted one has ended, and says so', async () => {
    const { machine, trusted } = await trustingMachine({ daysOld: 398 });
    const { shown, stderr } = await startedSandbox(machine);
    expect(shown).not.toBe(trusted.sandboxCertificate?.fingerprint256);
    expect(stderr).toContain('Warning: The certificate of "ping14c trust" ended at');
  });

  it('makes one of its own where an older version has made none for it, and says what to do', async () => {
    const { machine } = await trustingMachine({ keep: ({ sandboxCertificate: _, ...older }) => older });
    const { stderr } = await startedSandbox(machine);
    expect(stderr).toContain('Run "ping14c trust" again');
  });

  it('makes one of its own when the kept one can be read by others', async () => {
    const { machine, trusted } = await trustingMachine();
    chmodSync(join(machine.stateFolder, 'trust', 'certificate.json'), 0o644);
    const { shown, stderr } = await startedSandbox(machine);
    expect(shown).not.toBe(trusted.sandboxCertificate?.fingerprint256);
    expect(stderr).toMatch(/is not used: .* can be read or changed by others/);
  });
});

/** Starts a sandbox for the test, and looks at the certificate that it shows. */
async function startedSandbox(machine: TestMachine) {
  const running = machine.start('sandbox', '--port', '0', '--json');
  onTestFinished(async () => {
    running.runtime.interrupt();
    await running.outcome;
  });
  await running.runtime.said(/Each request is told here/);
  const { stdout, stderr } = running.runtime.printed();
  const { port } = new URL(JSON.parse(stdout).origin);
  const shown = await new Promise<string>((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: Number(port), rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    }).on('error', reject);
  });
  return { shown, stderr };
}

async function trustingMachine({
  daysOld = 0,
  keep = (made) => made,
}: {
  readonly daysOld?: number;
  readonly keep?: (made: TrustedCertificate) => TrustedCertificate;
} = {}) {
  const machine = testMachine();
  const trusted = makeTrustedCertificate(machine.now() - daysOld * dayMs);
  await writeTrustedCertificate(stateFolderAt(machine.stateFolder), keep(trusted));
  return { machine, trusted };
}
