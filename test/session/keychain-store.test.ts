import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { falseBus, realBus, type SessionBus, whyNoSecretService } from '../support/secret-service.ts';
import { buildWorkerProgram, type WorkerProgram } from '../support/session-processes.ts';

const why = whyNoSecretService();

let program: WorkerProgram;
beforeAll(async () => {
  program = await buildWorkerProgram();
});
afterAll(() => program.remove());

/**
 * Does it in a process of its own, because a stuck binding would take the test along.
 *
 * @param mute whether nobody answers there; whoever does is given as long as this machine needs
 */
async function keychainOn(starting: Promise<SessionBus>, { text = '', mute = false } = {}) {
  const bus = await starting;
  onTestFinished(() => bus.stop());
  const asked = { stateFolder: '', account: 'default-1', patient: !mute };
  const worker = program.start({ kind: 'keychain', ...asked, ...(text ? { text } : {}) }, bus.env);
  const [ended, { limits }] = await Promise.all([worker.ended, worker.slept]);
  return { ...ended, seconds: limits / 1000 };
}

describe.skipIf(why)(`the real Secret Service${why ? ` (${why})` : ''}`, () => {
  it('keeps a session of ten thousand characters in any script', async () => {
    const text = 'Ωμέγα 🔑 '.repeat(1_100);
    expect(await keychainOn(realBus('unlocked'), { text })).toMatchObject({
      exitCode: 0,
      stdout: `${text}\n`,
      stderr: '',
    });
  });

  it('says that nothing is there when nothing is', async () => {
    expect(await keychainOn(realBus('unlocked'))).toMatchObject({ exitCode: 0, stdout: 'nothing there\n' });
  });
});

const misbehaving = [
  { name: 'no bus at all', bus: async () => noBus(), code: 'keychain_absent' },
  { name: 'a bus that is mute', bus: () => falseBus('mute'), code: 'keychain_slow', mute: true },
  { name: 'a bus that refuses', bus: () => falseBus('refuses'), code: 'keychain_absent' },
  { name: 'a bus that falls silent', bus: () => falseBus('falls silent'), code: 'keychain_slow', mute: true },
  { name: 'a bus that hangs up', bus: () => falseBus('hangs up'), code: 'keychain_absent' },
] as const;

const misbehavingServices = [
  { service: 'none', code: 'keychain_absent' },
  { service: 'locked', code: 'keychain_locked' },
  { service: 'black hole', code: 'keychain_slow', mute: true },
  { service: 'half dead', code: 'keychain_slow', mute: true },
] as const;

describe('a keychain that cannot be used is told in seconds, with the ways out', () => {
  it.each(misbehaving)('$name', async ({ bus, ...expected }) => {
    await expectTold(bus(), expected);
  });

  it.skipIf(why).each(misbehavingServices)('a bus with this on it: $service', async ({ service, ...expected }) => {
    await expectTold(realBus(service), expected);
  });
});

async function expectTold(bus: Promise<SessionBus>, { code, mute = false }: { code: string; mute?: boolean }) {
  const { seconds, stdout, stderr, exitCode } = await keychainOn(bus, { text: 'a session', mute });
  expect({ stdout, exitCode, stderr }).toMatchObject({ stdout: `failed ${code}\n`, exitCode: 1 });
  expect(stderr).toMatch(/--store file or PING14C_STORE=file/);
  expect(seconds).toBeLessThan(4);
}

function noBus(): SessionBus {
  return { env: {}, stop: async () => {} };
}
