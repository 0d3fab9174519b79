import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as resultPages from '../src/loopback/pages.ts';
import { listenerPages, sandboxPages, sourcesIn } from './support/all-pages.ts';
import { type Chromium, chromiumIsAbsent, startChromium } from './support/chromium.ts';

/** Pixels of a small phone; what can be pressed is closest together there. */
const narrow = 360;

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** In the browser: what is to be copied, where it begins left of the text around it. */
const codeOutsideItsColumn = `[...document.querySelectorAll('section code')]
  .filter((code) => {
    const section = code.closest('section');
    const column = section.getBoundingClientRect().left + parseFloat(getComputedStyle(section).paddingLeft);
    return code.getBoundingClientRect().left < column - 1;
  })
  .map((code) => code.textContent)`;

describe('the pages that are looked at', () => {
  it('are all that the listener can answer with', () => {
    const makers = Object.keys(resultPages).filter((name) => name.endsWith('Page'));
    expect(Object.keys(listenerPages).sort()).toEqual(makers.sort());
  });

  it('are all that the sandbox can answer with', () => {
    const source = sourcesIn('src/sandbox').join('\n');
    const calls = (name: string) => source.match(new RegExp(`(?<!function )\\b${name}\\(`, 'g'))?.length;
    // One makes the steps, which have a table by status; the other four are made by name.
    expect({ page: calls('page'), stepPage: calls('stepPage'), formPostPage: calls('formPostPage') }).toEqual({
      page: 5,
      stepPage: 1,
      formPostPage: 1,
    });
    // Words that are no literals would not be found; `read.message` is one of those of `unredirectable`.
    const unread = [...source.matchAll(/(?<!function )\b(?:messagePage\(\s*|errorPage\(request, )([^'\s].*)/g)];
    expect(unread.map(([, words]) => words)).toEqual(['read.message, read.advice, read.target);']);
  });
});

describe.skipIf(chromiumIsAbsent)(
  'axe-core in a real Chromium (skipped where /usr/bin/chromium is absent and CI is not set)',
  () => {
    let browser: Chromium;
    let tab: Page;
    beforeAll(async () => {
      // Colours that are still on their way to others would be judged as they are at that moment.
      browser = await startChromium({ reducedMotion: 'reduce', viewport: { width: narrow, height: 740 } });
      tab = await browser.context.newPage();
      // It stays: what is shown later is written into the same document.
      await tab.evaluate(axeSource);
    });
    afterAll(() => browser.close());

    const findings = async (options: RunOptions) => {
      const { violations, incomplete } = await tab.evaluate<AxeResults>(`axe.run(${JSON.stringify(options)})`);
      return [...violations, ...incomplete].flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
    };

    const pages: Readonly<Record<string, string>> = Object.assign({}, ...Object.values(listenerPages), sandboxPages());

    it.each(Object.entries(pages))(
      'finds nothing on the page "%s", light or dark, and it fits a narrow screen, with no code outside its column',
      async (_name, html) => {
        await tab.emulateMedia({ colorScheme: 'light' });
        await tab.setContent(html);
        const light = await findings({ rules: { 'target-size': { enabled: true } } });
        await tab.emulateMedia({ colorScheme: 'dark' });
        const dark = await findings({ runOnly: 'color-contrast' });
        const width = await tab.evaluate('document.documentElement.scrollWidth');
        const outside = await tab.evaluate(codeOutsideItsColumn);
        expect({ light, dark, width, outside }).toEqual({ light: [], dark: [], width: narrow, outside: [] });
      },
    );
  },
);
