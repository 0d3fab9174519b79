import { X509Certificate } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeCertificate } from '../../src/loopback/certificate.ts';
import { createUserAgent } from '../../src/sandbox/user-agent.ts';
import { makeTrustedCertificate, writeTrustedCertificate } from '../../src/trust/trusted-certificate.ts';
import { freePort } from '../support/free-port.ts';
import { stateFolderAt } from '../support/own-folders.ts';
import { plainRequest } from '../support/plain-request.ts';
import { type TestMachine, testMachine } from '../support/test-runtime.ts';

const dayMs = 24 * 3_600_000;

interface Run {
  readonly document: {
    readonly origin: string;
    readonly issuer: string;
    readonly apiUrl: string;
    readonly caFile: string;
  };
  readonly stderr: string;
  /** What it shows to who connects. */
  readonly certificate: X509Certificate;
  readonly keys: JSONWebKeySet;
  stop(): Promise<void>;
}

/** One run of the sandbox, as in a terminal of its own. */
async function started(machine: TestMachine, port = 0, ...argv: string[]): Promise<Run> {
  const running = machine.start('sandbox', '--port', String(port), '--json', ...argv);
  const stop = async () => {
    running.runtime.interrupt();
    await running.outcome;
  };
  onTestFinished(stop);
  await running.runtime.said(/Each request is told here/);
  const { stdout, stderr } = running.runtime.printed();
  const document = JSON.parse(stdout);
  const certificate = await certificateShown(Number(new URL(document.origin).port));
  const trust = readFileSync(document.caFile, 'utf8');
  const jwks = new URL(document.issuer).pathname;
  const { body } = await plainRequest(trust, `${document.origin}${jwks}/jwks`).catch(() => ({ body: '{}' }));
  return { document, stderr, certificate, keys: JSON.parse(body), stop };
}

function certificateShown(port: number): Promise<X509Certificate> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(new X509Certificate(socket.getPeerCertificate().raw));
      socket.destroy();
    }).on('error', reject);
  });
}

const sandboxFolder = (machine: TestMachine) => join(machine.stateFolder, 'sandboxes', 'sandbox');
const keysFile = (machine: TestMachine) => join(sandboxFolder(machine), 'keys.json');

/** What of a run is the same in the next one. */
const marks = ({ certificate, keys }: Run) => ({
  fingerprint: certificate.fingerprint256,
  kids: keys.keys.map(({ kid }) => kid),
});

describe('what a run of the sandbox leaves to the next one', () => {
  it('is its certificate, and its keys: tokens and clients of the first are good at the second', async () => {
    const browser = (url: string, stderr: string) =>
      createUserAgent({
        trust: readFileSync(join(sandboxFolder(machine), 'ca.pem'), 'utf8'),
        acceptCertificate: (_host, fingerprint256) => stderr.includes(fingerprint256.slice(0, 23)),
      }).signIn(url, { username: 'ada', password: 'Analytical-Engine-1843' });
    const machine = testMachine({ browser });
    const first = await started(machine, await freePort());
    const imported = readFileSync(first.document.caFile, 'utf8');
    const privateKey = readFileSync(join(sandboxFolder(machine), 'private-key.pem'), 'utf8');
    expect((await machine.run('-P', 'sandbox', 'login')).exitCode).toBe(0);
    await first.stop();

    const second = await started(machine, Number(new URL(first.document.origin).port));
    expect(marks(second)).toEqual(marks(first));
    expect(second.stderr).not.toMatch(/anew|new certificate/);
    const { stdout: accessToken } = await machine.run('-P', 'sandbox', 'token');
    const headers = { authorization: `Bearer ${accessToken.trim()}` };
    const userinfo = await plainRequest(imported, `${first.document.issuer}/userinfo`, { headers });
    expect([userinfo.status, userinfo.json()['preferred_username']]).toEqual([200, 'ada']);
    const whoami = await machine.run('-P', 'sandbox', 'whoami', '--all', '--json');
    expect(whoami).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('"username":"ada"') });
    const { stdout: idToken } = await machine.run('-P', 'sandbox', 'token', '--id-token');
    const { issuer } = first.document;
    await expect(jwtVerify(idToken.trim(), createLocalJWKSet(second.keys), { issuer })).resolves.toBeDefined();
    expect(readFileSync(join(sandboxFolder(machine), 'private-key.pem'), 'utf8')).toBe(privateKey);
  });

  it('is one and the same for two that start at once: what is saved for the one is right for the other', async () => {
    const machine = testMachine({ pausesPass: true });
    const [one, other] = await Promise.all([started(machine), started(machine)]);
    expect(marks(other)).toEqual(marks(one));
    const ca = readFileSync(join(sandboxFolder(machine), 'ca.pem'), 'utf8');
    for (const { document } of [one, other])
      expect((await plainRequest(ca, `${document.issuer}/jwks`)).status).toBe(200);
  });

  it('is readable by its owner only, and can vouch for nothing but these pages', async () => {
    const machine = testMachine();
    const { certificate } = await started(machine);
    expect(statSync(keysFile(machine)).mode & 0o777).toBe(0o600);
    expect(certificate.ca).toBe(false);
    expect(certificate.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
    expect(readdirSync(sandboxFolder(machine)).sort()).toEqual([
      'ca.pem',
      'keys.json',
      'private-key.jwk.json',
      'private-key.pem',
    ]);
  });

  it('is what it was where it failed on purpose meanwhile', async () => {
    const machine = testMachine();
    const first = await started(machine);
    await first.stop();
    const failing = await started(machine, 0, '--fault', 'jwks-unknown-kid,discovery-other-issuer');
    await failing.stop();
    expect(marks(failing).kids).toEqual(marks(first).kids.map((kid) => `${kid}-old`));
    expect(marks(await started(machine))).toEqual(marks(first));
  });

  it('is each profile’s own', async () => {
    const machine = testMachine();
    const first = await started(machine);
    const other = machine.start('-P', 'lab', 'sandbox', '--port', '0', '--json');
    await other.runtime.said(/Each request is told here/);
    const { origin } = JSON.parse(other.runtime.printed().stdout);
    const shown = await certificateShown(Number(new URL(origin).port));
    other.runtime.interrupt();
    await other.outcome;
    expect(shown.fingerprint256).not.toBe(first.certificate.fingerprint256);
  });
});

describe('the certificate', () => {
  it('is a new one once the old one has fewer than 14 days left, and that is said; the keys stay', async () => {
    const machine = testMachine();
    const first = await started(machine);
    await first.stop();
    machine.advance(Date.parse(first.certificate.validTo) - machine.now() - 14 * dayMs);
    const second = await started(machine);
    await second.stop();
    expect(marks(second)).toEqual(marks(first));
    machine.advance(1000);
    const third = await started(machine);
    await third.stop();
    expect(third.certificate.fingerprint256).not.toBe(first.certificate.fingerprint256);
    expect(third.stderr).toMatch(/^The sandbox has a new certificate, for the old one ends on \d+ \w+ \d{4}: /m);
  });

  it('of "trust" goes before it, and leaves what was kept as it is', async () => {
    const machine = testMachine();
    const own = await started(machine);
    await own.stop();
    const trusted = makeTrustedCertificate(machine.now());
    await writeTrustedCertificate(stateFolderAt(machine.stateFolder), trusted);
    const second = await started(machine);
    await second.stop();
    expect(second.certificate.fingerprint256).toBe(trusted.sandboxCertificate.fingerprint256);
    unlinkSync(join(machine.stateFolder, 'trust', 'certificate.json'));
    expect(marks(await started(machine))).toEqual(marks(own));
  });
});

describe('kept keys that cannot be used', () => {
  const authority = makeTrustedCertificate(Date.now());
  const elsewhere = makeCertificate({ now: Date.now(), days: 90, hosts: ['elsewhere.example'] });
  // Made once: two RSA keys take longer than all the rest.
  let keptBefore: ReturnType<typeof keptOnce> | undefined;
  const keptOnce = async () => {
    const machine = testMachine();
    const run = await started(machine);
    await run.stop();
    return { ...marks(run), text: readFileSync(keysFile(machine), 'utf8') };
  };
  const changed = (change: (record: Record<string, unknown>) => unknown) => (file: string) =>
    writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')))));

  it.each<[string, (file: string) => void, RegExp]>([
    ['cut short', (file) => writeFileSync(file, readFileSync(file).subarray(0, 900)), /is damaged/],
    ['of another version', changed((record) => ({ ...record, version: 2 })), /is damaged/],
    ['without a key', changed((record) => ({ ...record, serviceKey: undefined })), /is damaged/],
    ['with no key for a key', changed((record) => ({ ...record, serviceKey: 'x' })), /has a key that cannot be used/],
    ['with a key of another kind', changed((record) => ({ ...record, serviceKey: elsewhere.key })), /cannot be used/],
    ['with another’s certificate', changed((record) => ({ ...record, certificate: elsewhere })), /not this sandbox's/],
    [
      'with an authority’s certificate',
      changed(({ certificate, ...record }) => ({
        ...record,
        certificate: { ...(certificate as object), cert: authority.authority.cert },
      })),
      /not this sandbox's/,
    ],
    ['readable by others', (file) => chmodSync(file, 0o644), /can be read or changed by others/],
    [
      'behind a link',
      (file) => {
        writeFileSync(`${file}.real`, readFileSync(file), { mode: 0o600 });
        unlinkSync(file);
        symlinkSync(`${file}.real`, file);
      },
      /is a link, and links are not followed/,
    ],
  ])('(%s) are made anew, which one line says', async (_, spoil, why) => {
    keptBefore ??= keptOnce();
    const before = await keptBefore;
    const machine = testMachine();
    mkdirSync(sandboxFolder(machine), { recursive: true, mode: 0o700 });
    writeFileSync(keysFile(machine), before.text, { mode: 0o600 });
    spoil(keysFile(machine));
    const second = await started(machine);
    await second.stop();
    const said = second.stderr.split('\n').filter((line) => line.includes('made anew'));
    expect(said).toEqual([expect.stringMatching(why)]);
    expect(said[0]).toMatch(/^Warning: The sandbox's certificate and keys are made anew: /);
    expect(marks(second).fingerprint).not.toBe(before.fingerprint);
    expect(marks(second).kids).not.toEqual(before.kids);
    const third = await started(machine);
    expect(marks(third)).toEqual(marks(second));
    expect(third.stderr).not.toContain('anew');
  });
});

describe('a sandbox for a command', () => {
  it('keeps nothing of its keys, nor takes any', async () => {
    const machine = testMachine({ attached: () => ({ kind: 'ended', exitCode: 0 }) });
    await machine.run('sandbox', '--', 'true');
    expect(existsSync(join(machine.stateFolder, 'sandboxes'))).toBe(false);
  });
});
