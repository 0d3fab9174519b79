import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core';

/** Debian's; `.ci/run` installs it. */
const executablePath = '/usr/bin/chromium';

/** For `it.skipIf`: where there is no Chromium its tests are skipped, but never in CI, which must have it. */
export const chromiumIsAbsent = !existsSync(executablePath) && !process.env['CI'];

export interface Chromium {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

interface ChromiumOptions extends BrowserContextOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** What a person would have set, by Chromium's own names. */
  readonly preferences?: object;
}

/** A real headless Chromium with a new user data folder; `env` such as HOME decides which NSS database it reads. */
export async function startChromium(options: ChromiumOptions = {}): Promise<Chromium> {
  const folder = await mkdtemp(join(tmpdir(), 'ping14c-chromium-'));
  const { env, args = [], preferences, ...contextOptions } = options;
  if (preferences) {
    await mkdir(join(folder, 'Default'));
    await writeFile(join(folder, 'Default', 'Preferences'), JSON.stringify(preferences));
  }
  const context = await chromium.launchPersistentContext(folder, {
    executablePath,
    headless: true,
    chromiumSandbox: false,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...args,
    ],
    ...(env ? { env: { ...process.env, ...env } as Record<string, string> } : {}),
    ...contextOptions,
  });
  return {
    context,
    close: async () => {
      await context.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
