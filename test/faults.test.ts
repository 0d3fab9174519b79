import { describe, expect, it } from 'vitest';
import { faults } from '../src/sandbox/faults.ts';
import { runCase, runTour } from './support/fault-run.ts';
import { faultTable } from './support/fault-table.ts';
import { nativeClientId, startTestSandbox } from './support/sandbox.ts';
import { post } from './support/sandbox-client.ts';

// What the client does when the sandbox fails on purpose. Two figures are held elsewhere: one refresh for fifty processes in
// test/session/processes.test.ts, the seconds until a hanging keychain is told in test/session/secret-service.test.ts.

describe('the fault table', () => {
  it.each(faultTable)('$fault: $run ends with $exitCode', async (line) => {
    const { outcome, store, password, sent, leaks, afterwards } = await runCase(line);
    expect(outcome.stderr).toMatch(line.says);
    expect(outcome.stdout).toMatch(line.prints ?? /^$/);
    expect({ exitCode: outcome.exitCode, store, password, sent, leaks, afterwards }).toEqual({
      exitCode: line.exitCode,
      store: line.store,
      password: line.password ?? 'old',
      sent: line.sent,
      leaks: [],
      afterwards: line.afterwards ?? [],
    });
    // What fails here is foreseen.
    expect(outcome.stderr).not.toMatch(/a defect of ping14c/);
  });

  it.each(faultTable.filter(({ exitCode }) => exitCode === 1).slice(0, 1))(
    'and --debug tells where it failed, a line for each step',
    async (line) => {
      const { outcome } = await runCase(line);
      expect(outcome.stderr).toMatch(/^debug: Failure: .*\ndebug: {5}at /m);
    },
  );

  it('has a line for every fault that the sandbox offers', () => {
    const lines = new Set<string>(faultTable.map(({ fault }) => fault));
    // Below; what the client makes of it is held in test/auth/device-code.test.ts.
    lines.add('device-slow-down');
    expect(lines).toEqual(new Set(Object.keys(faults)));
  });
});

describe('device-slow-down', () => {
  it('slows every second poll down', async () => {
    const sandbox = await startTestSandbox({ faults: ['device-slow-down'] });
    const { device_code } = (await post(sandbox, 'device_authorization', { client_id: nativeClientId })).json() as {
      device_code: string;
    };
    for (const error of ['slow_down', 'authorization_pending', 'slow_down']) {
      sandbox.advance(30);
      const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code };
      const answer = await post(sandbox, 'token', { ...grant, client_id: nativeClientId });
      expect([answer.status, answer.json()]).toMatchObject([400, { error }]);
    }
  });
});

describe('bytes of secrets that leak', () => {
  it('none, of all that travels on the whole tour with --debug', async () => {
    const { secrets, leaks, said } = await runTour();
    expect(said).toContain('debug: POST ');
    // Two passwords and a client secret; a code and its verifier; three ID, three access and three refresh tokens of the user's; one of the worker's.
    expect(secrets.size).toBeGreaterThanOrEqual(12);
    expect(leaks).toEqual([]);
  });
});
