import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

// Comments cite standards, public issues, and pages of this repository: docs/pingone.md, section 4.6; docs/security.md, rule 22.

/** What a section or rule may be of: a page, a standard, or what a template names in front of it. */
const titled = String.raw`(?:docs/[\w-]+\.md|RFC \d+|OpenID Connect [\w -]+|OIDC Core|OAuth 2\.0 [\w ]+|CSP 3|Fetch(?: Metadata)?|\$\{\w+\}[,;])(?:,| and)? `;
const docs = filesIn('docs').filter((path) => path.endsWith('.md'));
const cited = ['README.md', 'build.js', ...docs, ...['bin', 'src', 'test'].flatMap(filesIn)];

describe('a citation of docs/', () => {
  const citations = cited.flatMap((path) => citationsIn(path, textOf(path)));

  it('is there to be resolved', () => {
    expect(citations.length).toBeGreaterThan(50);
  });

  it('names a page that is there, and a heading of it', () => {
    const dead = citations.filter(({ page, headings }) => {
      const own = existsSync(page) ? headingsOf(page) : undefined;
      return !own || headings.some((number) => !own.has(number));
    });
    expect(dead.map(({ from, page, headings }) => `${from}: ${page} ${headings.join(' ')}`)).toEqual([]);
  });

  it('within docs/pingone.md has its heading too', () => {
    const own = headingsOf('docs/pingone.md');
    const inside = [...textOf('docs/pingone.md').matchAll(/(?<!RFC \d+ )\u00a7(\d+(?:\.\d+)*)/g)];
    expect(inside.length).toBeGreaterThan(0);
    expect(inside.map(([, number = '']) => number).filter((number) => !own.has(number))).toEqual([]);
  });
});

describe('the tables of docs/pingone.md that go by section', () => {
  it('have their rows under their own headings, in the order of the sections', () => {
    const byHeading = textOf('docs/pingone.md').split(/^## /m);
    const rows = byHeading.map((part) =>
      [...part.matchAll(/^\| (\d{1,2}(?:\.\d+)?)(?:, [\d., ]+)? \|/gm)].map(([, number]) => Number(number)),
    );
    const withRows = byHeading.filter((_, index) => rows[index]?.length).map((part) => part.slice(0, 2));
    expect(withRows).toEqual(['14', '15']);
    for (const numbers of rows) expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
  });
});

describe('whoever reads the code alone', () => {
  const code = cited.filter((path) => !docs.includes(path));

  it.each([
    ['a page that is not here', /[\w-]+(?:\/[\w-]+)*\.md\b/g],
    ['a section or rule of nothing', new RegExp(String.raw`(?<!${titled})\b(?:section|rule)s? \d.*`, 'gi')],
    ['a paragraph of nothing', /.{0,40}\u00a7/g],
    ['an issue of nowhere', /\bissues? #?\d.*/gi],
  ])('is not sent to %s', (_, pattern) => {
    const sent = code.flatMap((path) => [...textOf(path).matchAll(pattern)].map(([found]) => [path, found] as const));
    expect(sent.filter(([, found]) => !existsSync(found))).toEqual([]);
  });
});

describe('what the pages name', () => {
  it.each(['README.md', ...docs])('in %s is there: files and folders of the repository', (page) => {
    const named = [...textOf(page).matchAll(/(?:^|[`\s])((?:src|test|bin|docs)\/[\w./-]*\w)(?=\/?[`\s])/gm)];
    expect(named.map(([, path = '']) => path).filter((path) => !existsSync(path))).toEqual([]);
  });

  it('in docs/security.md is there: the tests', () => {
    const named = [...textOf('docs/security.md').matchAll(/^- `(test\/[^`]+)`: (.+)$/gm)];
    expect(named.length).toBeGreaterThan(50);
    const absent = named.filter(([, path = '', name = '']) => !unescaped(textOf(path)).includes(name));
    expect(absent.map(([line]) => line)).toEqual([]);
  });

  it('in docs/security.md is something for each rule: a file and a test, or that it is not kept yet', () => {
    const rules = textOf('docs/security.md').split(/^### /m).slice(1);
    expect(rules.map((rule) => Number.parseInt(rule, 10))).toEqual(rules.map((_, index) => index + 1));
    const bare = rules.filter((rule) => !/^Kept in `src\//m.test(rule) || !/^- `test\/|^Not yet: /m.test(rule));
    expect(bare.map((rule) => rule.split('\n', 1)[0])).toEqual([]);
  });
});

interface Citation {
  readonly from: string;
  readonly page: string;
  /** Numbers of sections or rules; none where the page as a whole is meant. */
  readonly headings: readonly string[];
}

/** E.g. docs/pingone.md alone; docs/pingone.md, sections 4.3, 5 and 6; docs/security.md, rule 22; docs/security.md, rules 11 to 13. */
function citationsIn(from: string, text: string): Citation[] {
  const numbers = String.raw`\d+(?:\.\d+)*`;
  const list = `(?:,? (?:sections?|rules?) (${numbers}(?:(?:, | and | to )${numbers})*))?`;
  return [...text.matchAll(new RegExp(String.raw`\b(docs/[\w-]+\.md)${list}`, 'g'))].map(
    ([, page = '', given = '']) => ({
      from,
      page,
      headings: given === '' ? [] : given.split(/, | and | to /),
    }),
  );
}

/** The numbers that a page's headings begin with. */
function headingsOf(page: string): ReadonlySet<string> {
  const headings = textOf(page).matchAll(/^#+ (\d+(?:\.\d+)*)(?=[.:]? |\.?$)/gm);
  return new Set([...headings].map(([, number = '']) => number));
}

/** The text, with what a line break divides in comments put together again. */
function textOf(path: string): string {
  const text = readFileSync(path, 'utf8');
  return path.endsWith('.md') ? text : text.replace(/\n\s*(?:\*|\/\/) /g, ' ');
}

/** What a test's name is when it runs, and stands in quotation marks in its file. */
function unescaped(text: string): string {
  return text.replaceAll("\\'", "'");
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).replaceAll('\\', '/'));
}
