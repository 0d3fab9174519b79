import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSampleConfig } from '../src/config/sample-config.ts';
import { definitionOf, definitions, type SettingKey, settingName } from '../src/config/setting-definitions.ts';
import { ExitCode } from '../src/errors.ts';
import { faults } from '../src/sandbox/faults.ts';
import { testMachine } from './support/test-runtime.ts';

// What README.md and docs/ tell somebody to type is there to be typed, and their tables say what the code goes by.

const pages = ['README.md', ...readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : []))];
const textOf = (page: string) => readFileSync(page, 'utf8');

describe('what the pages tell to type', () => {
  it.each(pages)('in %s is there: commands, their options, settings', async (page) => {
    const told = commandLinesIn(textOf(page));
    const wrong: string[] = [];
    for (const line of told) wrong.push(...(await faultsOf(line)).map((fault) => `${line}: ${fault}`));
    expect(wrong).toEqual([]);
  });

  it.each([
    ['ping14c lgoin', 'no command "lgoin"'],
    ['ping14c -P work login --devise', 'no option --devise'],
    ['ping14c config sett region eu', 'no command "config sett"'],
    ['ping14c config set regoin eu', 'no setting "regoin"'],
    ['ping14c help exit-code', 'no topic "exit-code"'],
    ['ping14c sandbox --fault token-6xx -- bash', 'no fault "token-6xx"'],
    ['whoami --everything', 'no option --everything'],
    ['--fingerprint', 'no option --fingerprint'],
  ])('would be found wrong: %s', async (line, fault) => {
    expect(commandLinesIn(`\`${line}\``)).toEqual([line]);
    expect(await faultsOf(line)).toEqual([fault]);
  });

  it.each(pages)('in %s is there: variables of ours and of Ping', async (page) => {
    const named = textOf(page).match(/\b(?:PING14C|PINGONE)_[A-Z_]+[A-Z]\b/g) ?? [];
    const code = ['src', 'test'].flatMap(filesIn).map(textOf).join('\n');
    expect([...new Set(named)].filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
  });

  it.each(pages)('in %s is there: what npm is to run', (page) => {
    const { scripts } = JSON.parse(textOf('package.json'));
    const named = [...textOf(page).matchAll(/\bnpm run (?:--silent )?([\w:]*\w)/g)].map(([, name]) => name);
    expect(named.filter((name) => !Object.hasOwn(scripts, name ?? ''))).toEqual([]);
  });

  it.each(pages)('in %s is there: where its links lead, and its pictures', (page) => {
    const links = [...textOf(page).matchAll(/\]\(([^)\s]+)\)|\b(?:src|srcset)="([^"]+)"/g)];
    const targets = links
      .flatMap(([, link, picture]) => link ?? picture ?? [])
      .filter((to) => !to.startsWith('https:'));
    const dead = targets.filter((target) => {
      const [path, heading] = target.split('#');
      const file = path ? join(dirname(page), path) : page;
      return !existsSync(file) || (heading && !headingsOf(file).includes(heading));
    });
    expect(dead).toEqual([]);
  });
});

describe('docs/settings.md', () => {
  const lines = textOf('docs/settings.md').split('\n');

  it.each(Object.keys(definitions) as SettingKey[])('tells the flag, the variables and the default of %s', (key) => {
    expect(lines).toContain(settingRow(key));
  });

  it('has no setting that is gone', () => {
    expect(tableOf('docs/settings.md', '| setting |')).toHaveLength(Object.keys(definitions).length);
  });
});

describe('docs/sandbox-faults.md', () => {
  it('tells of every fault what happens and what meets it, and of none that is gone', () => {
    const told = textOf('docs/sandbox-faults.md').match(/^\| `.*$/gm) ?? [];
    const rows = Object.entries(faults).map(
      ([name, { happens, meetsIt }]) => `| \`${name}\` | ${happens} | ${meetsIt} |`,
    );
    expect([...told].sort()).toEqual(rows.sort());
  });
});

describe('docs/scripts.md', () => {
  it('tells the exit codes as the help does', async () => {
    const { stdout } = await testMachine().run('help', 'exit-codes');
    const rows = tableOf('docs/scripts.md', '| code |');
    expect(rows).toHaveLength(Object.keys(ExitCode).length);
    const helped = [...stdout.matchAll(/^ {2}(\d+) +(.+)$/gm)].map(([, code, words]) => `| ${code} | ${words} |`);
    expect(rows).toEqual(helped);
  });
});

describe('docs/python-sample.md', () => {
  it('names for each key of the sample the settings that it becomes', () => {
    const id = '01234567-89ab-cdef-0123-456789abcdef';
    const filledIn: Readonly<Record<string, string>> = {
      AUTH_URL: 'https://auth.example.com/',
      API_URL: 'https://api.example.com/v1/',
      ENVIRONMENT_ID: id,
      CLIENT_ID: id,
      MAX_AGE: '3600',
      PROMPT: 'login',
      GRANT_TYPE: 'implicit',
      TOKEN_AUTH_METHOD: 'none',
      LOGOUT_URI: 'https://127.0.0.1:8443/bye',
      RESPONSE_TYPE: 'id_token',
    };
    const rows = tableOf('docs/python-sample.md', '| `config.cfg` |');
    const keys = rows.flatMap((row) => row.split('|')[1]?.match(/[A-Z_]{2,}/g) ?? []);
    expect(keys.length).toBeGreaterThan(12);
    for (const key of keys) {
      const { settings, ignored, problems } = readSampleConfig(`${key} = '${filledIn[key] ?? 'x'}'`);
      expect({ key, problems }).toEqual({ key, problems: [] });
      const row = rows.find((row) => row.includes(`\`${key}\``));
      for (const setting of Object.keys(settings)) expect(row).toContain(`\`${settingName(setting as SettingKey)}\``);
      expect(Object.keys(settings).length + ignored.length > 0 || key === 'CLIENT_SECRET', key).toBe(true);
    }
  });
});

/** The line of the settings table that tells the truth about a setting. */
function settingRow(key: SettingKey): string {
  const { flag, only, variables, default: usual, secret } = definitionOf(key);
  const shown = flag ? `\`${flag}\`${only ? ` (${only})` : ''}` : undefined;
  const flagShown = shown ?? (secret ? 'never' : '');
  return `| \`${settingName(key)}\` | ${flagShown} | ${variables.map((name) => `\`${name}\``).join(', ')} | ${usual ? `\`${usual}\`` : ''} |`;
}

/** The rows of the table that begins so. */
function tableOf(page: string, heading: string): readonly string[] {
  const text = textOf(page);
  const table = text.slice(text.indexOf(heading));
  return table.slice(0, table.indexOf('\n\n')).split('\n').slice(2);
}

const commands =
  'init login logout whoami status passwd token exec config profile trust doctor completion sandbox demo help';
const commandNames = new Set(commands.split(' '));

/** Command lines in code: after `ping14c`, or a span that begins with a command's name and has an option, or with an option. */
function commandLinesIn(markdown: string): readonly string[] {
  const blocks = [...markdown.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].map(([, code = '']) => code);
  const spans = [...markdown.replace(/^```\w*\n[\s\S]*?^```/gm, '').matchAll(/`([^`]+)`/g)].map(([, code = '']) =>
    code.replace(/\s+/g, ' '),
  );
  const short = spans.filter(
    (span) => /^--\w/.test(span) || (commandNames.has(span.split(' ')[0] ?? '') && / -/.test(span)),
  );
  const whole = [...blocks, ...spans].flatMap((code) =>
    [...code.matchAll(/\bping14c(?: [^|)#"&;\\\n]+)/g)].map(([line]) => line),
  );
  return [...short, ...whole].map((line) => line.trim());
}

const optionsOf = new Map<string, ReadonlySet<string>>();

/** The options that the help lists for the command, with those of every command; of all commands where it is ''. */
async function optionsOfCommand(command: string): Promise<ReadonlySet<string>> {
  const known = optionsOf.get(command);
  if (known) return known;
  const listed = async (...argv: string[]) =>
    [...(await testMachine().run(...argv)).stdout.matchAll(/(?<![\w-])--?[a-zA-Z][\w-]*/g)].map(([option]) => option);
  const shared = ['-h', '--help', ...(await listed('help', 'settings'))];
  const each = command ? [command] : [...commandNames];
  const own = (await Promise.all(each.map((name) => listed(...name.split(' '), '--help')))).flat();
  const options = new Set([...shared, ...own]);
  optionsOf.set(command, options);
  return options;
}

/** What is wrong with a command line, as far as its words go. */
async function faultsOf(line: string): Promise<readonly string[]> {
  const words = line
    .replace(/^ping14c /, '')
    .replace(/ --( .*|$)/, '')
    .split(/[ =]/);
  const options = words.filter((word) => /^--?[a-zA-Z]/.test(word));
  const named = words.filter((word, index) => word && !word.startsWith('-') && words[index - 1] !== '-P');
  const [command = '', second = '', third = ''] = words[0]?.startsWith('--') ? [] : named;
  if (command && !commandNames.has(command)) return [`no command "${command}"`];
  const known = await optionsOfCommand(command);
  const faultNames = words[options.includes('--fault') ? words.indexOf('--fault') + 1 : -1]?.split(',') ?? [];
  return [
    ...(await faultsOfSecond(command, second, third)),
    ...options.filter((option) => !known.has(option)).map((option) => `no option ${option}`),
    ...faultNames.filter((name) => !Object.hasOwn(faults, name)).map((name) => `no fault "${name}"`),
  ];
}

async function faultsOfSecond(command: string, second: string, third: string): Promise<readonly string[]> {
  const isWord = /^[a-z][\w-]*$/;
  const settings = (Object.keys(definitions) as SettingKey[]).map(settingName);
  if (command === 'help' && isWord.test(second)) {
    const { exitCode } = await testMachine().run('help', second);
    return exitCode === 0 ? [] : [`no topic "${second}"`];
  }
  if (!['config', 'profile'].includes(command) || !isWord.test(second)) return [];
  const { stdout } = await testMachine().run(command, '--help');
  if (!new RegExp(`^ {2}${second}\\b`, 'm').test(stdout)) return [`no command "${command} ${second}"`];
  const wantsSetting = command === 'config' && ['get', 'set', 'unset'].includes(second) && isWord.test(third);
  return wantsSetting && !settings.includes(third) ? [`no setting "${third}"`] : [];
}

/** As GitHub names a heading in an address. */
function headingsOf(page: string): readonly string[] {
  const headings = [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?[jt]s$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}
