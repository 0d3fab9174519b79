import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Surroundings, surroundings, surroundingsOf } from '../../src/loopback/surroundings.ts';

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
    ['in WSL', { WSL_DISTRO_NAME: 'Ubuntu-24.04' }, false, { kind: 'wsl', distribution: 'Ubuntu-24.04' }],
    ['in WSL, by its other sign', { WSL_INTEROP: '/run/WSL/8' }, false, { kind: 'wsl', distribution: undefined }],
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
      Object.fromEntries([...names, 'HOSTNAME', 'WSL_DISTRO_NAME'].map((name) => [name, fc.string()])),
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
