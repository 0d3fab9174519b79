import { describe, expect, it } from 'vitest';
import {
  type Surroundings,
  staysReachable,
  surroundings,
  surroundingsOf,
  waysToReach,
} from '../../src/loopback/surroundings.ts';
import { fitted } from '../../src/output/table.ts';
import { spelled, type Wording } from '../../src/wording.ts';
import { fc, outsideText } from '../support/properties.ts';

type Env = Readonly<Record<string, string>>;

const ssh = { SSH_CONNECTION: '198.51.100.4 50123 192.0.2.7 22', SSH_TTY: '/dev/pts/0', USER: 'ada' };

describe('where the program runs', () => {
  it.each<[string, Env, boolean, Surroundings]>([
    ['on the person’s own machine', { USER: 'ada', TERM: 'xterm' }, false, { kind: 'here' }],
    ['by SSH', ssh, false, { kind: 'ssh', login: 'ada@192.0.2.7', port: undefined }],
    [
      'by SSH on a port of its own',
      { SSH_CONNECTION: '198.51.100.4 50123 192.0.2.7 2222', LOGNAME: 'ada' },
      false,
      { kind: 'ssh', login: 'ada@192.0.2.7', port: 2222 },
    ],
    [
      'by SSH over IPv6',
      { ...ssh, SSH_CONNECTION: 'fe80::1%eth0 50123 2001:db8::7 22' },
      false,
      { kind: 'ssh', login: 'ada@2001:db8::7', port: undefined },
    ],
    [
      'by SSH, after sudo took the connection away',
      { SSH_TTY: '/dev/pts/0' },
      false,
      { kind: 'ssh', login: undefined, port: undefined },
    ],
    ['by SSH in a container', ssh, true, { kind: 'ssh', login: 'ada@192.0.2.7', port: undefined }],
    ['in a container', {}, true, { kind: 'container' }],
    [
      'in a pod',
      { KUBERNETES_SERVICE_HOST: '10.0.0.1', HOSTNAME: 'shell-7d9f' },
      true,
      { kind: 'pod', name: 'shell-7d9f' },
    ],
    ['in WSL', { WSL_DISTRO_NAME: 'Ubuntu-24.04' }, false, { kind: 'wsl' }],
    ['in WSL, by its other sign', { WSL_INTEROP: '/run/WSL/8' }, false, { kind: 'wsl' }],
    [
      'in a codespace',
      { CODESPACES: 'true', CODESPACE_NAME: 'upgraded-goggles-x5', REMOTE_CONTAINERS: 'true' },
      true,
      { kind: 'codespace', name: 'upgraded-goggles-x5' },
    ],
    ['in Gitpod', { GITPOD_WORKSPACE_ID: 'ada-calc-1' }, true, { kind: 'gitpod' }],
    ['in a dev container', { REMOTE_CONTAINERS: 'true' }, true, { kind: 'devContainer' }],
  ])('is recognised: %s', (_name, env, inContainer, expected) => {
    expect(surroundingsOf(env, inContainer)).toEqual(expected);
  });

  it('is never asked of files but on Linux', () => {
    expect(surroundings({ env: {}, platform: 'darwin' })).toEqual({ kind: 'here' });
  });

  it('takes no more of a variable than what a name looks like, for it becomes part of a command', () => {
    const names = ['CODESPACES', 'CODESPACE_NAME', 'SSH_CONNECTION', 'SSH_TTY', 'USER', 'KUBERNETES_SERVICE_HOST'];
    const hostile = fc.record(
      Object.fromEntries([...names, 'HOSTNAME', 'WSL_DISTRO_NAME'].map((name) => [name, outsideText])),
    );
    fc.assert(
      fc.property(hostile, fc.boolean(), (env, inContainer) => {
        expect(JSON.stringify(surroundingsOf(env, inContainer))).toMatch(/^[\w{}":,.@-]*$/);
      }),
    );
    expect(surroundingsOf({ ...ssh, USER: 'a;rm -rf' }, false)).toMatchObject({ login: '192.0.2.7' });
    expect(surroundingsOf({ ...ssh, SSH_CONNECTION: '1 1 $(reboot) 22' }, false)).toMatchObject({ login: undefined });
  });
});

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
    [{ kind: 'wsl' }, /WSL.*localhostForwarding/],
    [{ kind: 'gitpod' }, /Gitpod/],
    [{ kind: 'devContainer' }, /forwards port 40123/],
    [{ kind: 'container' }, /--network host/],
  ])('is a sentence for %j', (where, words) => {
    expect(read(waysToReach(where, reach))).toMatch(words);
  });

  it.each<Surroundings>([
    { kind: 'ssh', login: 'ada@192.0.2.7', port: undefined },
    { kind: 'codespace', name: 'goggles' },
    { kind: 'gitpod' },
    { kind: 'devContainer' },
    { kind: 'pod', name: 'shell-7d9f' },
    { kind: 'container' },
    { kind: 'wsl' },
  ])('takes no more than two rows of 80 places: %j', (where) => {
    const lines = waysToReach(where, reach).map((line) => fitted(spelled(line), 80));
    expect(lines.join('\n').split('\n').length).toBeLessThanOrEqual(2);
  });

  it('is said again only where each sign-in needs its own command', () => {
    const kinds = ['here', 'wsl', 'gitpod', 'devContainer', 'container'] as const;
    for (const kind of kinds) expect(staysReachable({ kind })).toBe(true);
    expect(staysReachable({ kind: 'pod', name: undefined })).toBe(false);
    expect(staysReachable({ kind: 'codespace', name: undefined })).toBe(false);
    expect(staysReachable({ kind: 'ssh', login: undefined, port: undefined })).toBe(false);
  });

  it('names the paste where somebody can paste, and the other device where nobody can', () => {
    expect(read(waysToReach({ kind: 'container' }, reach))).toContain('paste its address here');
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
