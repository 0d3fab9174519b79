import { existsSync } from 'node:fs';
import { hasDisplay } from '../display.ts';
import type { Runtime } from '../runtime.ts';
import { ping14c, type Wording, wording } from '../wording.ts';

/** Where this program runs, as far as it matters to a browser that is to reach its loopback listener. */
export type Surroundings =
  | { readonly kind: 'codespace'; readonly name: string | undefined }
  | { readonly kind: 'gitpod' }
  /** Visual Studio Code forwards ports by itself. */
  | { readonly kind: 'devContainer' }
  /** `login` as in `ssh ada@192.0.2.7`; absent where the variables do not tell. `port` is the server's, unless 22. */
  | { readonly kind: 'ssh'; readonly login: string | undefined; readonly port: number | undefined }
  | { readonly kind: 'pod'; readonly name: string | undefined }
  | { readonly kind: 'container' }
  | { readonly kind: 'wsl' }
  | { readonly kind: 'here' };

type Env = Readonly<Record<string, string | undefined>>;

/** Files that Docker and Podman put into every container. */
const containerMarks = ['/.dockerenv', '/run/.containerenv'] as const;

type Recognise = (env: Env, inContainer: boolean) => Surroundings | undefined;

/** The most telling signs come first: a codespace is a container too, and one may come to a container by SSH. */
const signs: readonly Recognise[] = [
  ({ CODESPACES, CODESPACE_NAME }) =>
    CODESPACES === 'true' ? { kind: 'codespace', name: word(CODESPACE_NAME) } : undefined,
  ({ GITPOD_WORKSPACE_ID }) => (GITPOD_WORKSPACE_ID ? { kind: 'gitpod' } : undefined),
  ({ REMOTE_CONTAINERS }) => (REMOTE_CONTAINERS ? { kind: 'devContainer' } : undefined),
  (env) => (env['SSH_CONNECTION'] || env['SSH_TTY'] ? sshFrom(env) : undefined),
  ({ KUBERNETES_SERVICE_HOST, HOSTNAME }) =>
    KUBERNETES_SERVICE_HOST ? { kind: 'pod', name: word(HOSTNAME) } : undefined,
  (_env, inContainer) => (inContainer ? { kind: 'container' } : undefined),
  ({ WSL_DISTRO_NAME, WSL_INTEROP }) => (WSL_DISTRO_NAME || WSL_INTEROP ? { kind: 'wsl' } : undefined),
];

/** What the environment says. @param inContainer whether a container's mark is there */
export function surroundingsOf(env: Env, inContainer: boolean): Surroundings {
  for (const recognise of signs) {
    const found = recognise(env, inContainer);
    if (found) return found;
  }
  return { kind: 'here' };
}

/** The surroundings of this run. Looks for two files, on Linux only: elsewhere containers run in a Linux of their own. */
export function surroundings({ env, platform }: Pick<Runtime, 'env' | 'platform'>): Surroundings {
  return surroundingsOf(env, platform === 'linux' && containerMarks.some((path) => existsSync(path)));
}

/** Whether a browser that is started here shows its window to whoever reads this terminal. */
export function showsBrowser(machine: Pick<Runtime, 'env' | 'platform'>): boolean {
  const { kind } = surroundings(machine);
  return kind === 'wsl' || (kind === 'here' && hasDisplay(machine));
}

/** SSH_CONNECTION is "client port server port": the server's address is the one that the client came in by. */
function sshFrom({ SSH_CONNECTION = '', USER, LOGNAME }: Env): Surroundings {
  const [, host, port] = /^\S+ \d+ ([\da-fA-F:.]+)(?:%\w+)? (\d{1,5})$/.exec(SSH_CONNECTION.trim()) ?? [];
  const user = word(USER) ?? word(LOGNAME);
  return {
    kind: 'ssh',
    login: host && user ? `${user}@${host}` : host,
    port: port === undefined || port === '22' ? undefined : Number(port),
  };
}

/** The text where it looks like a name: it becomes part of a command that a person copies into a shell. */
function word(text: string | undefined): string | undefined {
  return text !== undefined && /^[A-Za-z0-9_][\w.-]{0,99}$/.test(text) ? text : undefined;
}

/** What the person can count on. */
interface Reach {
  /** The redirect URI with the port in use. */
  readonly redirectUri: string;
  /** Whether the address that the browser ends on may be pasted here. */
  readonly takesPaste: boolean;
}

/** Where a browser reaches the listener by the way things are set up, and not by a command for each sign-in. */
const setUpOnce: ReadonlySet<Surroundings['kind']> = new Set(['here', 'wsl', 'gitpod', 'devContainer', 'container']);

/** Whether a browser that has reached the listener once will do so again. */
export function staysReachable({ kind }: Surroundings): boolean {
  return setUpOnce.has(kind);
}

/** How a browser that is perhaps on another machine reaches the listener; nothing where it is surely on this one. */
export function waysToReach(surroundings: Surroundings, reach: Reach): readonly Wording[] {
  const { host, port } = listeningAt(reach.redirectUri);
  const first = reach.takesPaste
    ? 'Browser elsewhere? Run this there first, or paste its last address here:'
    : wording`Browser elsewhere? Run this there first, or use ${ping14c('login --device')}:`;
  const otherwise = reach.takesPaste
    ? 'If no page comes up in the end, paste its address here.'
    : wording`If no page comes up in the end, use ${ping14c('login --device')}.`;
  switch (surroundings.kind) {
    case 'here':
      return [];
    case 'ssh': {
      const { login, port: server } = surroundings;
      const target = `${server === undefined ? '' : `-p ${server} `}${login ?? '(this machine)'}`;
      return [first, `  ssh -L ${port}:${host}:${port} ${target}`];
    }
    case 'wsl':
      return [
        wording`WSL: a browser on Windows comes back unless .wslconfig turns localhostForwarding off. ${otherwise}`,
      ];
    case 'codespace':
      return [
        first,
        `  gh codespace ports forward ${port}:${port}${surroundings.name ? ` --codespace ${surroundings.name}` : ''}`,
      ];
    case 'gitpod':
      return [wording`Gitpod: your browser comes back only with its desktop IDE. ${otherwise}`];
    case 'devContainer':
      return [
        wording`Dev container: Visual Studio Code forwards port ${port} once it sees it (view "Ports"). ${otherwise}`,
      ];
    case 'pod':
      return [first, `  kubectl port-forward pod/${surroundings.name ?? '(this pod)'} ${port}:${port}`];
    case 'container':
      return [wording`Container: your browser comes back only with "--network host". ${otherwise}`];
    default:
      return surroundings satisfies never;
  }
}

/** Where the listener stands, as `ssh -L` writes it: it forwards to `localhost` by the first of both families. */
function listeningAt(redirectUri: string): { readonly host: string; readonly port: string } {
  const { hostname, port, protocol } = new URL(redirectUri);
  const host = hostname === 'localhost' ? '127.0.0.1' : hostname;
  return { host, port: port || (protocol === 'https:' ? '443' : '80') };
}
