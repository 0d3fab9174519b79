import { startsBrowser } from '../invocation/invocation.ts';
import { surroundings } from '../loopback/surroundings.ts';
import type { Check } from './check.ts';
import { onSettings } from './settings-checks.ts';

/** Whether a browser would be started, and whether it could reach the listener. None is started for it. */
export const browserCheck: Check = {
  name: 'Browser',
  look: onSettings(async (invocation) => {
    const { runtime } = invocation;
    const { env, platform } = runtime;
    const { kind } = surroundings(runtime);
    if (kind !== 'here' && kind !== 'wsl') {
      return {
        kind: 'note',
        text: `this seems to be a remote machine or a container (${kind}), whose loopback your browser may not reach`,
        remedy: 'Paste the address that the browser ends on when login asks for it, or use "ping14c login --device".',
      };
    }
    if (!startsBrowser(invocation)) {
      return { kind: 'note', text: 'none is started here', remedy: 'Open the URL that "ping14c login" prints.' };
    }
    if (env['BROWSER']) return { kind: 'good', text: `${env['BROWSER']} (from BROWSER)` };
    if (platform === 'linux' && !env['DISPLAY'] && !env['WAYLAND_DISPLAY'] && kind !== 'wsl') {
      return {
        kind: 'note',
        text: 'there is no display to show one on',
        remedy: 'Open the URL that "ping14c login" prints on another machine, and paste the address it ends on.',
      };
    }
    return { kind: 'good', text: 'the platform’s own' };
  }),
};
