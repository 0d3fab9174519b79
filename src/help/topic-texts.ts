import type { Command } from 'commander';
import { definitionOf, type SettingKey, settingKeys, settingName } from '../config/setting-definitions.ts';
import { ExitCode } from '../errors.ts';
import type { Output } from '../output/output.ts';
import { table } from '../output/table.ts';
import { jsonDocuments } from './json-documents.ts';

export type Page = Pick<Output, 'columns' | 'paint'>;

export function settingsText(program: Command, page: Page): string {
  const shared = program.options.filter((option) => !settingKeys.some((key) => option.attributeName() === key));
  return paragraphs(
    'Options of every command:',
    rowsBelow(
      [...shared.map(({ flags, description }) => [flags, description]), ['-h, --help', 'print the help of a command']],
      page,
    ),
    'Settings. The first of these counts: the flag, the variable (ping14c help environment), the profile (-P, else the active one), the default. Save one with "ping14c config set NAME VALUE".',
    rowsBelow(
      settingKeys.map((key) => [settingName(key), settingWords(key)]),
      page,
    ),
    '"ping14c config list" shows each value and where it came from. A secret is neither a flag nor in a profile: "ping14c config set client-secret" asks for it, and keeps it beside the sessions.',
  );
}

/** E.g. `session store: keychain, file, memory (--store; default: keychain)`. */
function settingWords(key: SettingKey): string {
  const { label, flag, only, choices, default: usual } = definitionOf(key);
  const offered = choices
    ? `: ${choices.map((choice) => (choice.includes(' ') ? `"${choice}"` : choice)).join(', ')}`
    : '';
  const word = flag?.split(' ', 1)[0];
  const ways = [only ? `${only} ${word}` : word, usual === undefined ? undefined : `default: ${usual}`].filter(Boolean);
  return `${label}${offered}${ways.length > 0 ? ` (${ways.join('; ')})` : ''}`;
}

/**
 * The variables that are no settings. Those by which programs behind us go their way, such as `DISPLAY` or `XDG_CONFIG_HOME`,
 * are left out: they mean here what they mean everywhere.
 */
const otherVariables = {
  PING14C_PROFILE: 'the profile, as -P names it',
  PING14C_CONFIG_DIR: 'the folder of the profiles',
  PING14C_STATE_DIR: 'the folder of sessions in files, locks and certificates',
  PING14C_TRUST_DIR: 'the state folder with the certificates, where it is another one',
  PING14C_STORE_PASSPHRASE: 'seals the sessions of --store file',
  BROWSER: 'the program that opens the sign-in page; "none": no browser',
  HTTPS_PROXY: 'the way to PingOne, as curl reads it; also HTTP_PROXY, ALL_PROXY, NO_PROXY',
  NODE_EXTRA_CA_CERTS: 'a file of more authorities to trust, as Node reads it',
  CI: 'set: ask nothing, and start no browser unless BROWSER is set',
  NO_COLOR: 'set: no colour; TERM=dumb likewise',
  ACCESSIBLE: 'set: plain lines that stand still, for screen readers',
  PING14C_ACCESS_TOKEN: 'set by exec for its program: the token',
  PING14C_SANDBOX: 'set by sandbox for its command: a file that says how it is reached',
} as const;

export function environmentText(_program: Command, page: Page): string {
  const variables = settingKeys.flatMap((key) => {
    const { label, variables } = definitionOf(key);
    return variables.map((name) => [name, label] as const);
  });
  const own = variables.filter(([name]) => name.startsWith('PING14C_'));
  return paragraphs(
    'Settings (ping14c help settings): a flag is stronger, a profile weaker.',
    rowsBelow(own, page),
    "Ping's own, which count where PINGONE_ENVIRONMENT_ID is set and no profile is named; then the profile does not count at all:",
    rowsBelow(
      variables.filter((variable) => !own.includes(variable)),
      page,
    ),
    'Others:',
    rowsBelow(Object.entries(otherVariables), page),
  );
}

const exitCodeWords: Readonly<Record<keyof typeof ExitCode, string>> = {
  done: 'done',
  failed: 'failed: anything that is not below',
  usage: 'usage or configuration: fix the command line, a variable or the profile',
  outcomeUnknown: 'outcome unknown: a password change was sent and no trustworthy answer came back',
  signInNeeded: 'sign-in needed: no session, or it has expired or was revoked',
  refused: 'refused: the server understood and said no',
  unreachable: 'no connection, or no answer in time',
  hungUp: 'ended by SIGHUP',
  interrupted: 'ended by SIGINT (Ctrl-C)',
  terminated: 'ended by SIGTERM',
};

export function exitCodesText(_program: Command, page: Page): string {
  const codes = Object.keys(ExitCode) as readonly (keyof typeof ExitCode)[];
  return paragraphs(
    'Exit codes:',
    rowsBelow(
      codes.map((name) => [String(ExitCode[name]), exitCodeWords[name]]),
      page,
    ),
    'Once "ping14c exec" has started its program, the exit code is the program\'s.',
  );
}

export function jsonText(_program: Command, page: Page): string {
  return paragraphs(
    'With --json, standard output is one JSON document, with a schemaVersion; members may be added to it later. A command that fails prints nothing there, and one line on standard error: {"error":{"code","message","hint"?,"details"?,"correlationId"?}}. Times are ISO 8601.',
    'The JSON Schema of each document is in the package, in dist/schemas:',
    rowsBelow(
      jsonDocuments.map(({ file, title }) => [file, title]),
      page,
    ),
  );
}

function rowsBelow(rows: readonly (readonly string[])[], { columns, paint }: Page): string {
  return table(['', ''], rows, { columns: columns - 2, paint })
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}

function paragraphs(...texts: readonly string[]): string {
  // A list stands right below the line that ends in a colon.
  return texts.join('\n\n').replaceAll(':\n\n', ':\n');
}
