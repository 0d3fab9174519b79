/** What tells of the screen: the environment and the platform of a runtime. */
interface Surface {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

/** The browser that `BROWSER` names: a command, or `none` where none may be started. */
export function namedBrowser(env: Surface['env']): string | undefined {
  return env['BROWSER']?.trim() || undefined;
}

/** Whether a window can be shown: elsewhere than on macOS and Windows, the environment tells where. */
export function hasDisplay({ env, platform }: Surface): boolean {
  return platform === 'darwin' || platform === 'win32' || Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']);
}
