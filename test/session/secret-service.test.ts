import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { falseBus, realBus, type SessionBus, whyNoSecretService } from '../support/secret-service.ts';
import { buildWorkerProgram, type WorkerProgram } from '../support/session-processes.ts';

const why = whyNoSecretService();

let program: WorkerProgram;
beforeAll(async () => {
  program = await buildWorkerProgram();
});
afterAll(() => program.remove());

/** Does it in a process of its own, because a stuck binding would take the test along. */
async function keychainOn(starting: Promise<SessionBus>, text?: string) {
  const bus = await starting;
  onTestFinished(() => bus.stop());
  const task = { kind: 'keychain', stateFolder: '', account: 'default-1', ...(text ? { text } : {}) } as const;
  const startedAt = performance.now();
  const ended = await program.start(task, bus.env).ended;
  return { ...ended, seconds: (performance.now() - startedAt) / 1000 };
}

describe.skipIf(why)(`the real Secret Service${why ? ` (${why})` : ''}`, () => {
  it('keeps a session of ten thousand characters in any script', async () => {
    const text = 'Ωμέγα 🔑 '.repeat(1_100);
    expect(await keychainOn(realBus('unlocked'), text)).toMatchObject({ exitCode: 0, stdout: `${text}\n`, stderr: '' });
  });

  it('says that nothing is there when nothing is', async () => {
    expect(await keychainOn(realBus('unlocked'))).toMatchObject({ exitCode: 0, stdout: 'nothing there\n' });
  });
});

const misbehaving = [
  { name: 'no bus at all', bus: async () => noBus(), code: 'keychain_absent', within: 1.5 },
  { name: 'a bus that is mute', bus: () => falseBus('mute'), code: 'keychain_slow', within: 2 },
  { name: 'a bus that refuses', bus: () => falseBus('refuses'), code: 'keychain_absent', within: 1.5 },
  { name: 'a bus that falls silent', bus: () => falseBus('falls silent'), code: 'keychain_slow', within: 2 },
  { name: 'a bus that hangs up', bus: () => falseBus('hangs up'), code: 'keychain_absent', within: 1.5 },
] as const;

const misbehavingServices = [
  { service: 'none', code: 'keychain_absent', within: 2 },
  { service: 'locked', code: 'keychain_locked', within: 5 },
  { service: 'black hole', code: 'keychain_slow', within: 5 },
  { service: 'half dead', code: 'keychain_slow', within: 6 },
] as const;

describe('a keychain that cannot be used is told in seconds, with the ways out', () => {
  for (const { name, bus, code, within } of misbehaving) {
    it(name, async () => {
      const { seconds, stdout, stderr, exitCode } = await keychainOn(bus(), 'a session');
      expect({ stdout, exitCode }).toEqual({ stdout: `failed ${code}\n`, exitCode: 1 });
      expect(stderr).toMatch(/--store file or PING14C_STORE=file/);
      expect(seconds).toBeLessThan(within);
    });
  }

  for (const { service, code, within } of misbehavingServices) {
    it.skipIf(why)(`a bus with this on it: ${service}`, async () => {
      const { seconds, stdout, stderr, exitCode } = await keychainOn(realBus(service), 'a session');
      expect({ stdout, exitCode, stderr }).toMatchObject({ stdout: `failed ${code}\n`, exitCode: 1 });
      expect(stderr).toMatch(/--store file or PING14C_STORE=file/);
      expect(seconds).toBeLessThan(within);
    });
  }
});

function noBus(): SessionBus {
  return { env: {}, stop: async () => {} };
}
