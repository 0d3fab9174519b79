import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { dayMs } from '../../src/output/time.ts';
import type { ProgramOutcome, Runtime } from '../../src/runtime.ts';
import { distrust, inventory, settledCertificate, type TrustParts, trust } from '../../src/trust/trust.ts';
import type { TrustStore } from '../../src/trust/trust-store.ts';
import { readTrustedCertificate } from '../../src/trust/trusted-certificate.ts';
import { stateFolderAt } from '../support/own-folders.ts';

/** A machine with these stores, and what each holds: the name of an authority, and whether it is trusted. */
function trustMachine(...names: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'ping14c-trust-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const held = Object.fromEntries(names.map((name) => [name, new Map<string, boolean>()]));
  /** Verb and store, as in `add first`, that are refused. */
  const refused = new Set<string>();
  /** Is told of each call before it has an effect. */
  const watch: { before: (verb: string, store: string) => unknown } = { before: () => {} };
  const clock = { now: Date.now() };
  const { signal } = new AbortController();
  const runProgram: Runtime['runProgram'] = async (_tool, [verb = '', store = '', authority = '']) => {
    await watch.before(verb, store);
    if (refused.has(`${verb} ${store}`)) return ended(1, '');
    const items = held[store];
    if (verb === 'add') items?.set(authority, true);
    if (verb === 'remove') items?.delete(authority);
    return ended(0, verb === 'list' ? JSON.stringify([...(items ?? [])]) : '');
  };
  const stateFolder = stateFolderAt(folder);
  const parts: TrustParts = {
    stores: names.map(storeNamed),
    stateFolder,
    runtime: { runProgram, signal, now: () => clock.now },
    changed: () => {},
  };
  const kept = () => readTrustedCertificate(stateFolder);
  const files = () => readdirSync(join(folder, 'trust')).filter((name) => name.endsWith('.pem'));
  const hasKey = () => existsSync(join(folder, 'trust', 'certificate.json'));
  return { parts, held, refused, watch, clock, kept, files, hasKey };
}

function storeNamed(store: string): TrustStore {
  const byHand = () => 'Do it by hand.';
  return {
    label: store,
    list: ['tool', 'list', store],
    listed: (stdout) => (JSON.parse(stdout) as [string, boolean][]).map(([name, trusted]) => ({ name, trusted })),
    add: ({ name }) => [['tool', 'add', store, name]],
    remove: ({ name }) => [['tool', 'remove', store, name]],
    timeoutMs: 15_000,
    absent: 'Install the tool.',
    byHand: { add: byHand, remove: byHand },
  };
}

function ended(exitCode: number, stdout: string): ProgramOutcome {
  return { kind: 'ended', exitCode, stdout, stderr: '' };
}

const fileOf = (name = '') => `${name.replaceAll(' ', '-')}.pem`;

describe('an authority that a store holds and does not trust', () => {
  it('is not settled, and is repaired with the certificate that is kept', async () => {
    const { parts, held, kept } = trustMachine('first', 'second');
    const made = (await trust(parts, undefined)).trusted;
    const name = made?.authority.name ?? '';
    const now = parts.runtime.now();
    expect(settledCertificate(await inventory(parts), now)?.authority.name).toBe(name);
    held['second']?.set(name, false);
    expect(settledCertificate(await inventory(parts), now)).toBeUndefined();
    const { changes } = await trust(parts, await kept());
    expect(changes.map(([{ label }, { kind }]) => [label, kind])).toEqual([
      ['first', 'already'],
      ['second', 'added'],
    ]);
    expect([held['first'], held['second']]).toEqual([new Map([[name, true]]), new Map([[name, true]])]);
  });

  it('after it was given one is a failure, and the authority is taken out again', async () => {
    const { parts, held, watch } = trustMachine('only');
    const { runProgram } = parts.runtime;
    // The tool ends well; a policy of the machine keeps it from trusting anything.
    const powerless: typeof runProgram = async (tool, args, options) => {
      const outcome = await runProgram(tool, args, options);
      if (args[0] === 'add') held['only']?.set(String(args[2]), false);
      return outcome;
    };
    const removed: string[] = [];
    watch.before = (verb, store) => verb === 'remove' && removed.push(store);
    const { trusted, changes } = await trust(
      { ...parts, runtime: { ...parts.runtime, runProgram: powerless } },
      undefined,
    );
    expect(trusted).toBeUndefined();
    expect(changes).toMatchObject([[{ label: 'only' }, { kind: 'failed' }]]);
    expect({ removed, held: held['only'] }).toEqual({ removed: ['only'], held: new Map() });
  });
});

describe('a renewal', () => {
  const renewed = async () => {
    const machine = trustMachine('first', 'second');
    const before = (await trust(machine.parts, undefined)).trusted?.authority.name ?? '';
    machine.clock.now += 380 * dayMs;
    return { ...machine, before, renew: async () => trust(machine.parts, await machine.kept()) };
  };

  it('keeps the new certificate before the old authority goes, so that a kill in between leaves one that works', async () => {
    const { watch, kept, before, renew, held } = await renewed();
    const seen: unknown[] = [];
    watch.before = async (verb, store) => {
      const name = (await kept())?.authority.name ?? '';
      if (verb === 'remove') seen.push({ store, isNew: name !== before, trusted: held[store]?.get(name) });
    };
    await renew();
    expect(seen).toEqual(['first', 'second'].map((store) => ({ store, isNew: true, trusted: true })));
  });

  it('leaves a store that refuses it as it was', async () => {
    const { refused, held, before, renew } = await renewed();
    refused.add('add second');
    const name = (await renew()).trusted?.authority.name ?? '';
    expect([[...(held['first']?.keys() ?? [])], [...(held['second']?.keys() ?? [])]]).toEqual([[name], [before]]);
  });

  it('keeps the old authority’s file while a store still has it, because macOS removes it by that', async () => {
    const { refused, files, before, renew } = await renewed();
    refused.add('remove second');
    const { trusted, changes } = await renew();
    expect(changes.at(-1)).toMatchObject([{ label: 'second' }, { kind: 'failed' }]);
    expect(files().sort()).toEqual([fileOf(before), fileOf(trusted?.authority.name)].sort());
    refused.clear();
    await renew();
    expect(files()).toEqual([fileOf(trusted?.authority.name)]);
  });
});

describe('taking it all away', () => {
  it('deletes the key first, even where a store never answers, and gives each call its limit and Ctrl-C', async () => {
    const { parts, hasKey } = trustMachine('first');
    await trust(parts, undefined);
    expect(hasKey()).toBe(true);
    const asked = await new Promise<unknown>((resolve) => {
      const runProgram: Runtime['runProgram'] = (_tool, [verb], { timeoutMs, signal }) => {
        resolve({ verb, hasKey: hasKey(), timeoutMs, isOurs: signal === parts.runtime.signal });
        return new Promise(() => {});
      };
      void distrust({ ...parts, runtime: { ...parts.runtime, runProgram } });
    });
    expect(asked).toEqual({ verb: 'list', hasKey: false, timeoutMs: 15_000, isOurs: true });
  });

  it.each(['list', 'remove'])(
    'is not said to be done where a store refuses to %s, and the authority’s file stays for the next attempt',
    async (verb) => {
      const { parts, refused, held, files } = trustMachine('first', 'second');
      const name = (await trust(parts, undefined)).trusted?.authority.name;
      refused.add(`${verb} first`);
      expect(await distrust(parts)).toMatchObject({
        hadCertificate: true,
        changes: [
          [{ label: 'first' }, { kind: 'failed' }],
          [{ label: 'second' }, { kind: 'removed' }],
        ],
      });
      expect(files()).toEqual([fileOf(name)]);
      refused.clear();
      expect(await distrust(parts)).toMatchObject({ hadCertificate: false });
      expect([files(), held['first']?.size]).toEqual([[], 0]);
    },
  );
});
