import type { Output } from '../output/output.ts';
import { safeText } from '../output/safe-text.ts';
import { shellWord } from '../output/shell-words.ts';
import { table } from '../output/table.ts';
import { faults } from './faults.ts';
import type { Sandbox } from './sandbox.ts';
import type { Application } from './seed/applications.ts';

/** What a person needs to use a running sandbox from another terminal. */
export interface GuideOptions {
  readonly sandbox: Pick<Sandbox, 'origin' | 'issuer' | 'apiUrl' | 'environmentId' | 'seed' | 'faults'>;
  readonly profile: string;
  readonly caFile: string;
  readonly privateKeyFile: string;
  readonly platform: NodeJS.Platform;
}

/** Finds the application that `login` uses, and the one for `token --client-credentials`. */
export function guideApplications({ seed }: GuideOptions['sandbox']): {
  readonly native: Application;
  readonly worker: Application;
} {
  const native = seed.applications.find(({ type, enabled }) => type === 'NATIVE_APP' && enabled);
  const worker = seed.applications.find(({ type, roles }) => type === 'WORKER' && roles.length > 0);
  if (!native || !worker) throw new Error("The sandbox's seed has no native application or no worker with a role.");
  return { native, worker };
}

/** Says how to use the sandbox: the very lines to type, who can sign in, and where everything is. */
export function guideText(options: GuideOptions, output: Output): string {
  const { sandbox, platform } = options;
  const caFile = safeText(options.caFile);
  const { bold, cyan } = output.paint;
  const { worker } = guideApplications(sandbox);
  const use = (line: string) => `  ${cyan(`ping14c -P ${shellWord(safeText(options.profile), platform)} ${line}`)}`;
  const set = (name: string, value = '') => `  ${cyan(variable(name, value, platform))}`;
  const { users, applications } = sandbox.seed;
  return [
    bold(`The sandbox is running at ${sandbox.origin}`),
    '',
    ...failingLines(sandbox.faults, output),
    bold('In another terminal'),
    ...['login', 'whoami', 'passwd', 'token', 'logout'].map(use),
    '',
    bold('A token of an application (client credentials)'),
    set('PING14C_WORKER_CLIENT_ID', worker.clientId),
    set('PING14C_WORKER_CLIENT_SECRET', worker.clientSecret),
    use('token --client-credentials'),
    '',
    table(
      ['USER NAME', 'PASSWORD', 'WHO'],
      users.map(({ username, password, note }) => [username, password?.value ?? '-', note].map(safeText)),
      output,
    ),
    '',
    applicationsText(applications, output),
    '',
    bold('Addresses and files'),
    `  Environment ID   ${sandbox.environmentId}`,
    `  Issuer           ${sandbox.issuer}`,
    `  API              ${sandbox.apiUrl}`,
    `  CA certificate   ${caFile}`,
    `  Private key      ${safeText(options.privateKeyFile)}`,
    `  ${cyan(`curl --cacert ${shellWord(caFile, platform)} ${sandbox.issuer}/.well-known/openid-configuration`)}`,
    '',
  ].join('\n');
}

/** Makes a table where it fits, else a block each: a secret that is broken in the middle cannot be copied. */
function applicationsText(applications: readonly Application[], output: Output): string {
  const headings = ['APPLICATION', 'CLIENT ID', 'AUTHENTICATION', 'SECRET'];
  const rows = applications.map((application) =>
    [
      application.name,
      application.clientId,
      application.tokenEndpointAuthMethod.toLowerCase(),
      application.jwks ? 'the private key below' : (application.clientSecret ?? '-'),
    ].map(safeText),
  );
  return table(headings, rows, output, 'stacked');
}

/** Says what fails on purpose, so that nobody looks for the fault elsewhere. */
function failingLines(names: GuideOptions['sandbox']['faults'], { paint }: Output): readonly string[] {
  if (names.length === 0) return [];
  const lines = names.map(
    (name) => `  ${paint.yellow(name)}: ${faults[name].happens}. Meet it with: ${faults[name].meetsIt}`,
  );
  return [paint.bold('Failing on purpose'), ...lines, ''];
}

/** Says the same to programs, with secrets and passwords, which are good for this sandbox only. */
export function guideDocument({ sandbox, profile, caFile, privateKeyFile }: GuideOptions): object {
  const { origin, issuer, apiUrl, environmentId, seed, faults: failing } = sandbox;
  return {
    schemaVersion: 1,
    ...{ origin, issuer, apiUrl, environmentId, profile, caFile, privateKeyFile },
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
