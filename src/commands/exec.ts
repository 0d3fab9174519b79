import { type Command, Option } from 'commander';
import { isBatchFile } from '../batch-file.ts';
import type { Declare } from '../cli/context.ts';
import { addTokenOptions, selectedTokens, type TokenSelection } from '../cli/tokens.ts';
import { endpointsOf, required } from '../config/settings.ts';
import { Failure, RunEnded } from '../errors.ts';
import { shellWord } from '../output/shell-words.ts';
import { type Tool, tools, toolVariables } from '../pingone/tool-variables.ts';
import type { AttachedOutcome } from '../runtime.ts';
import { ping14c, wording } from '../wording.ts';

const help = `
The program gets your terminal, your environment and PING14C_ACCESS_TOKEN, but not the secrets of ping14c's own settings
(PING14C_…SECRET, PING14C_STORE_PASSPHRASE). Its exit code is ours. Without a token it is not started at all: 4 means
"sign in first". The token is as good as it was at the start; programs that run for long want --min-ttl.
--for adds the variables with which a tool of Ping's takes this token (PINGONE_API_ACCESS_TOKEN, PINGONE_ENVIRONMENT_ID and
those of the region or hosts), and takes away those that would override it, such as PINGONE_CLIENT_ID:
  terraform           as documented for pingidentity/pingone, "Schema"
  pingone-go-client   as in its config/configuration.go
  ping14c exec --client-credentials --for terraform -- terraform plan
  ping14c exec -- sh -c 'curl -H "Authorization: Bearer $PING14C_ACCESS_TOKEN" …'`;

interface ExecOptions extends TokenSelection {
  readonly for?: Tool;
}

export const declare: Declare = (command, contexts) => {
  command
    .description('Run a program with a valid access token in its environment, as PING14C_ACCESS_TOKEN.')
    .usage('[options] -- PROGRAM [ARGUMENTS]')
    .argument('<program...>', 'what to run, as it is: without a shell')
    .addHelpText('after', help);
  addTokenOptions(command);
  command.addOption(new Option('--for <tool>', 'set the variables that this tool reads').choices(tools));
  command.action(async ([file = '', ...args]: readonly string[], options: ExecOptions, self: Command) => {
    const context = await contexts.configured(self);
    const { runtime, settings } = context;
    if (isBatchFile(file, runtime.platform)) throw batchFile(file);
    const { accessToken } = await selectedTokens(context, options);
    const toolsOwn =
      options.for &&
      toolVariables(options.for, {
        accessToken,
        environmentId: required(settings, 'environmentId'),
        ...endpointsOf(settings),
      });
    // Whoever has pressed Ctrl-C by now does not want the program to start.
    runtime.signal.throwIfAborted();
    const outcome = await runtime.runAttached(file, args, { PING14C_ACCESS_TOKEN: accessToken, ...toolsOwn });
    throw outcome.kind === 'ended' ? new RunEnded(outcome.exitCode) : notStarted(file, outcome, runtime.platform);
  });
};

function batchFile(file: string): Failure {
  return new Failure('usage', `"${file}" is a script of cmd, and is not started without it.`, {
    code: 'program_not_started',
    hint: wording`Run it with ${ping14c(`exec -- cmd /c ${shellWord(file, 'win32')}`)}; cmd then reads its arguments, and takes & | < > ^ % in them as its own.`,
  });
}

function notStarted(
  file: string,
  outcome: Exclude<AttachedOutcome, { readonly kind: 'ended' }>,
  platform: NodeJS.Platform,
): Failure {
  const windows = wording`Commands that are scripts (npm, for one) are run with ${ping14c('exec -- cmd /c NAME')}.`;
  if (outcome.kind === 'absent') {
    return new Failure('usage', `There is no program "${file}".`, {
      code: 'program_missing',
      hint: platform === 'win32' ? windows : 'Check its name and PATH; what a shell knows is run with "sh -c".',
    });
  }
  return new Failure('usage', `The program "${file}" could not be started: ${outcome.reason}`, {
    code: 'program_not_started',
    hint: 'Check that you may execute it.',
  });
}
