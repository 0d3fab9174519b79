import type { Output } from '../output/output.ts';
import { safeText } from '../output/safe-text.ts';
import { shellWord } from '../output/shell-words.ts';
import { fitted, table } from '../output/table.ts';
import { faults } from './faults.ts';
import type { HostedSandbox } from './sandbox.ts';
import type { Application } from './seed/applications.ts';
import { ownUsersFirst, type SeedUser } from './seed/users.ts';

/** What a person needs to use a running sandbox. */
export interface GuideOptions {
  readonly sandbox: Pick<HostedSandbox, 'origin' | 'issuer' | 'apiUrl' | 'environmentId' | 'seed' | 'faults'>;
  /** The profile that was saved for it. */
  readonly profile: string;
  readonly caFile: string;
  /** PEM. */
  readonly privateKeyFile: string;
  /** The same key as a JWK. */
  readonly privateJwkFile: string;
  readonly platform: NodeJS.Platform;
}

/** Finds the application that `login` uses, and the one for `token --client-credentials`; a person's own seed may have neither. */
export function guideApplications({ seed }: GuideOptions['sandbox']): {
  readonly native: Application | undefined;
  readonly worker: Application | undefined;
} {
  return {
    native: seed.applications.find(({ type, enabled }) => type === 'NATIVE_APP' && enabled),
    worker: seed.applications.find(({ type, roles }) => type === 'WORKER' && roles.length > 0),
  };
}

/** Where the text is shown. */
type Page = Pick<Output, 'paint' | 'columns'>;

/** So many users are named where there is little room; the first is the one that a person tries. */
const fewUsers = 3;

/** Says in few lines how to begin; `guideDetails` says the rest. */
export function guideText(options: GuideOptions, page: Page): string {
  const { sandbox } = options;
  const { paint, columns } = page;
  const rows = usersToTry(sandbox).map(({ username, password, note }) =>
    [username, password?.value ?? '', note].map(safeText),
  );
  const lines = [
    `${paint.green('✓')} ${paint.bold(`The sandbox is running at ${sandbox.origin}`)}`,
    `Its settings are saved as the profile "${safeText(options.profile)}".`,
    ...failingLines(sandbox.faults, page),
    ...table(['', '', ''], rows, { paint, columns: columns - 2 })
      .split('\n')
      .map((row) => `  ${row}`),
    guideApplications(sandbox).native
      ? `Next, in another terminal: ${paint.cyan(commandLine(options, 'login'))}`
      : `Next, in your client: the issuer ${sandbox.issuer}`,
    'All users, applications and addresses, and faults to learn from: with --verbose',
  ];
  return lines.map((line) => fitted(line, columns)).join('\n');
}

/** The users that can sign in with a password, those of the person's own file first. */
export function usersToTry({ seed }: GuideOptions['sandbox']): readonly SeedUser[] {
  return ownUsersFirst(seed.users)
    .filter(({ password, enabled = true }) => password && enabled)
    .slice(0, fewUsers);
}

/** Says all: the very lines to type, who can sign in, every application, and where everything is. */
export function guideDetails(options: GuideOptions, page: Page): string {
  const { sandbox, platform } = options;
  const caFile = safeText(options.caFile);
  const { bold, cyan } = page.paint;
  const { worker } = guideApplications(sandbox);
  const use = (line: string) => `  ${cyan(commandLine(options, line))}`;
  const set = (name: string, value = '') => `  ${cyan(variable(name, value, platform))}`;
  const { users, applications } = sandbox.seed;
  return [
    bold(`The sandbox is running at ${sandbox.origin}`),
    '',
    ...failingLines(sandbox.faults, page),
    bold('In another terminal'),
    ...['login', 'whoami', 'passwd', 'token', 'logout'].map(use),
    '',
    ...(worker
      ? [
          bold('A token of an application (client credentials)'),
          set('PING14C_WORKER_CLIENT_ID', worker.clientId),
          set('PING14C_WORKER_CLIENT_SECRET', worker.clientSecret),
          use('token --client-credentials'),
          '',
        ]
      : []),
    table(
      ['USER NAME', 'PASSWORD', 'WHO'],
      users.map(({ username, password, note }) => [username, password?.value ?? '-', note].map(safeText)),
      page,
    ),
    '',
    applicationsText(applications, page),
    '',
    bold('Addresses and files'),
    `  Environment ID   ${sandbox.environmentId}`,
    `  Issuer           ${sandbox.issuer}`,
    `  API              ${sandbox.apiUrl}`,
    `  CA certificate   ${caFile}`,
    `  Private key      ${safeText(options.privateKeyFile)}`,
    `  the same as JWK  ${safeText(options.privateJwkFile)}`,
    `  ${cyan(`curl --cacert ${shellWord(caFile, platform)} ${sandbox.issuer}/.well-known/openid-configuration`)}`,
    '',
    bold('What can fail on purpose, to learn from'),
    `  ${cyan('ping14c sandbox --list-faults')}`,
    '',
  ].join('\n');
}

function commandLine({ profile, platform }: GuideOptions, line: string): string {
  return `ping14c -P ${shellWord(safeText(profile), platform)} ${line}`;
}

/** Makes a table where it fits, else a block each: a secret that is broken in the middle cannot be copied. */
function applicationsText(applications: readonly Application[], page: Page): string {
  const headings = ['APPLICATION', 'CLIENT ID', 'AUTHENTICATION', 'SECRET'];
  const rows = applications.map((application) =>
    [
      application.name,
      application.clientId,
      application.tokenEndpointAuthMethod.toLowerCase(),
      application.jwks ? 'the private key below' : (application.clientSecret ?? '-'),
    ].map(safeText),
  );
  return table(headings, rows, page, 'stacked');
}

/** Says what fails on purpose, so that nobody looks for the fault elsewhere. */
function failingLines(names: GuideOptions['sandbox']['faults'], { paint }: Page): readonly string[] {
  if (names.length === 0) return [];
  const lines = names.map(
    (name) => `  ${paint.yellow(name)}: ${faults[name].happens}. Meet it with: ${faults[name].meetsIt}`,
  );
  return [paint.bold('Failing on purpose'), ...lines, ''];
}

/** Says the same to programs, with secrets and passwords, which are good for this sandbox only. */
export function guideDocument({ sandbox, profile, caFile, privateKeyFile, privateJwkFile }: GuideOptions): object {
  const { origin, issuer, apiUrl, environmentId, seed, faults: failing } = sandbox;
  return {
    schemaVersion: 1,
    ...{ origin, issuer, apiUrl, environmentId, profile, caFile, privateKeyFile, privateJwkFile },
    faults: failing,
    users: seed.users.map(({ id, username, password, note }) => ({ id, username, password: password?.value, note })),
    applications: seed.applications.map(({ clientId, clientSecret, name, type, tokenEndpointAuthMethod, ...rest }) => ({
      ...{ clientId, name, type, tokenEndpointAuthMethod, enabled: rest.enabled, redirectUris: rest.redirectUris },
      clientSecret,
    })),
  };
}

function variable(name: string, value: string, platform: NodeJS.Platform): string {
  return platform === 'win32'
    ? `$env:${name} = ${shellWord(value, platform)}`
    : `export ${name}=${shellWord(value, platform)}`;
}
