/** What a session tells of the browser that it is in, as far as its `User-Agent` does. */
export interface SessionBrowser {
  readonly browser: { readonly name: string; readonly version?: string | undefined };
  readonly operatingSystem: { readonly name: string };
  readonly device: { readonly type: string };
}

/** Reads a `User-Agent`. A program that is no browser is named as it names itself, e.g. `curl`. */
export function sessionBrowser(sent: string): SessionBrowser {
  const userAgent = sent.slice(0, longest);
  const [system, device] = systems.find(([pattern]) => pattern.test(userAgent))?.[1] ?? [unknown, unknown];
  return { browser: browserOf(userAgent), operatingSystem: { name: system }, device: { type: device } };
}

/** No browser's is half as long; of one much longer the patterns below would take a step for each pair of words. */
const longest = 1_000;
const unknown = 'Unknown';

function browserOf(userAgent: string): SessionBrowser['browser'] {
  for (const [name, pattern] of browsers) {
    const version = pattern.exec(userAgent)?.[1];
    if (version !== undefined) return { name, version };
  }
  const [, name = unknown, version] = /^([\w.-]{1,40})(?:\/([\d.]{1,20}))?/.exec(userAgent) ?? [];
  return { name, version };
}

/** The first that fits is it: most say that they are Chrome or Safari as well. */
const browsers = [
  ['Edge', /\bEdg(?:e|A|iOS)?\/([\d.]+)/],
  ['Opera', /\bOPR\/([\d.]+)/],
  ['Firefox', /\b(?:Firefox|FxiOS)\/([\d.]+)/],
  ['Chrome', /\b(?:Headless)?(?:Chrome|CriOS)\/([\d.]+)/],
  ['Safari', /\bVersion\/([\d.]+) .*Safari\//],
] as const;

const systems = [
  [/\bWindows\b/, ['Windows', 'Computer']],
  [/\biPad\b/, ['iOS', 'Tablet']],
  [/\biPhone\b/, ['iOS', 'Mobile']],
  [/\bAndroid\b.* Mobile\b/, ['Android', 'Mobile']],
  [/\bAndroid\b/, ['Android', 'Tablet']],
  [/\bMacintosh\b/, ['macOS', 'Computer']],
  [/\bLinux\b|\bX11\b/, ['Linux', 'Computer']],
] as const;
