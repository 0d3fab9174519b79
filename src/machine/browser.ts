import type { BrowserLaunch } from '../runtime.ts';

/** Starts the user's browser. See `Runtime.openBrowser`. */
export async function launchBrowser(
  url: string,
  machine: { readonly env: Readonly<Record<string, string | undefined>>; readonly platform: NodeJS.Platform },
): Promise<BrowserLaunch> {
  if (machine.env['BROWSER'] === 'none') return { kind: 'disabled' };
  const { default: open } = await import('open');
  await open(url);
  return { kind: 'started' };
}
