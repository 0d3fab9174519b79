import type { Surroundings } from './surroundings.ts';

/** What the person can count on. */
export interface Reach {
  /** With the port in use. */
  readonly redirectUri: string;
  /** Whether the address that the browser ends on may be pasted here. */
  readonly takesPaste: boolean;
}

/** How a browser that is perhaps on another machine reaches the listener; nothing where it is surely on this one. */
export function waysToReach(surroundings: Surroundings, reach: Reach): readonly string[] {
  const { host, port } = listeningAt(reach.redirectUri);
  const paste = reach.takesPaste
    ? 'Or paste the address here that the browser ends on, even if no page comes up there.'
    : 'Or use "ping14c login --device", which needs no connection to this machine.';
  switch (surroundings.kind) {
    case 'here':
      return [];
    case 'ssh': {
      const { login, port: server } = surroundings;
      const target = `${server === undefined ? '' : `-p ${server} `}${login ?? '(this machine)'}`;
      return [
        'You are here by SSH. With the browser on your own machine, run this there first, in another terminal:',
        `  ssh -L ${port}:${host}:${port} ${target}`,
        paste,
      ];
    }
    case 'wsl':
      return [
        `This is WSL${surroundings.distribution ? ` (${surroundings.distribution})` : ''}: a browser on Windows reaches ${host}:${port} unless "localhostForwarding" is off in .wslconfig.`,
        paste,
      ];
    case 'codespace':
      return [
        'This is a codespace. With the browser on your own machine, run this there first, with GitHub’s gh:',
        `  gh codespace ports forward ${port}:${port}${surroundings.name ? ` --codespace ${surroundings.name}` : ''}`,
        paste,
      ];
    case 'gitpod':
      return [
        `This is Gitpod: your browser reaches ${host}:${port} only with Gitpod’s desktop IDE, which forwards ports.`,
        paste,
      ];
    case 'devContainer':
      return [
        `This is a dev container: Visual Studio Code forwards port ${port} to your machine once it sees it (view "Ports").`,
        paste,
      ];
    case 'pod':
      return [
        'This is a Kubernetes pod. With the browser on your own machine, run this there first:',
        `  kubectl port-forward pod/${surroundings.name ?? '(this pod)'} ${port}:${port}`,
        paste,
      ];
    case 'container':
      return [
        `This is a container: its ${host} is not that of your browser, unless it shares the host’s network (--network host).`,
        paste,
      ];
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
