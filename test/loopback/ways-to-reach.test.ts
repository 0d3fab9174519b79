import { describe, expect, it } from 'vitest';
import { type Surroundings, waysToReach } from '../../src/loopback/surroundings.ts';
import { spelled, type Wording } from '../../src/wording.ts';

const reach = { redirectUri: 'https://127.0.0.1:40123/callback', takesPaste: true };

const read = (lines: readonly Wording[]) => lines.map((line) => spelled(line)).join();

describe('what is said to whoever has the browser elsewhere', () => {
  it('is nothing where the browser is on this machine', () => {
    expect(waysToReach({ kind: 'here' }, reach)).toEqual([]);
  });

  it.each<[Surroundings, string]>([
    [{ kind: 'ssh', login: 'ada@192.0.2.7', port: undefined }, '  ssh -L 40123:127.0.0.1:40123 ada@192.0.2.7'],
    [{ kind: 'ssh', login: 'ada@192.0.2.7', port: 2222 }, '  ssh -L 40123:127.0.0.1:40123 -p 2222 ada@192.0.2.7'],
    [{ kind: 'ssh', login: undefined, port: undefined }, '  ssh -L 40123:127.0.0.1:40123 (this machine)'],
    [{ kind: 'codespace', name: 'goggles' }, '  gh codespace ports forward 40123:40123 --codespace goggles'],
    [{ kind: 'codespace', name: undefined }, '  gh codespace ports forward 40123:40123'],
    [{ kind: 'pod', name: 'shell-7d9f' }, '  kubectl port-forward pod/shell-7d9f 40123:40123'],
  ])('is the exact command for %j', (where, command) => {
    expect(waysToReach(where, reach)).toContain(command);
  });

  it.each<[Surroundings, RegExp]>([
    [{ kind: 'wsl', distribution: 'Ubuntu' }, /WSL \(Ubuntu\).*localhostForwarding/],
    [{ kind: 'gitpod' }, /Gitpod/],
    [{ kind: 'devContainer' }, /forwards port 40123/],
    [{ kind: 'container' }, /--network host/],
  ])('is a sentence for %j', (where, words) => {
    expect(waysToReach(where, reach).join('\n')).toMatch(words);
  });

  it('names the paste where somebody can paste, and the other device where nobody can', () => {
    expect(read(waysToReach({ kind: 'container' }, reach))).toContain('paste the address here');
    const alone = read(waysToReach({ kind: 'container' }, { ...reach, takesPaste: false }));
    expect(alone).toContain('--device');
    expect(alone).not.toContain('paste');
  });

  it.each([
    ['https://localhost:40123/callback', '40123:127.0.0.1:40123'],
    ['http://[::1]:40123/callback', '40123:[::1]:40123'],
    ['https://127.0.0.1/callback', '443:127.0.0.1:443'],
    ['http://127.0.0.1/callback', '80:127.0.0.1:80'],
  ])('forwards to where %s listens', (redirectUri, forward) => {
    const where = { kind: 'ssh', login: 'ada@192.0.2.7', port: undefined } as const;
    expect(waysToReach(where, { redirectUri, takesPaste: true })).toContain(`  ssh -L ${forward} ada@192.0.2.7`);
  });
});
