import { type Command, Option } from 'commander';
import { refuseBatchFile, runProgramAttached } from '../cli/attached-program.ts';
import type { Declare } from '../cli/context.ts';
import { addTokenOptions, selectedTokens, type TokenSelection } from '../cli/tokens.ts';
import { endpointsOf, required } from '../config/settings.ts';
import { Failure } from '../errors.ts';
import { type Tool, takesToken, tools, toolVariables } from '../pingone/tool-variables.ts';

const help = `
The program gets your terminal, your environment and PING14C_ACCESS_TOKEN, but not the secrets of ping14c's own settings
(PING14C_…SECRET, PING14C_STORE_PASSPHRASE). Its exit code is ours. Without a token it is not started at all: 4 means
"sign in first". The token is as good as it was at the start; programs that run for long want --min-ttl.
--for adds the variables with which a tool of Ping's takes this token (PINGONE_API_ACCESS_TOKEN and those of the region or
hosts), and takes away those that would override it, such as PINGONE_CLIENT_ID:
  terraform           the provider pingidentity/pingone; its documentation, "Authenticate using an environment variable
                      access token", and pingone/config.go of patrickcping/pingone-go-sdk-v2
  pingone-go-client   pingidentity/pingone-go-client; its config/pingone.go. Gets the environment ID and the expiry (Unix
                      time in seconds) too
  pingcli             takes no token; its documentation, "pingcli pingone auth login"
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
    const tool = options.for;
    if (tool && !takesToken(tool)) throw noTokenFor(tool);
    const context = await contexts.configured(self);
    const { runtime, settings } = context;
    const program = { file, args, typedBefore: 'exec --' };
    refuseBatchFile(program, runtime.platform);
    const { accessToken, expiresAt } = await selectedTokens(context, options);
    const toolsOwn =
      tool &&
      toolVariables(tool, {
        accessToken,
        expiresAt,
        environmentId: required(settings, 'environmentId'),
        region: settings.values.region,
        ...endpointsOf(settings),
      });
    await runProgramAttached(program, { PING14C_ACCESS_TOKEN: accessToken, ...toolsOwn }, runtime);
  });
};

/** No documented flag, variable or setting of pingcli's takes a token; it knows three grants (docs/pingone.md, section 1). */
function noTokenFor(tool: Tool): Failure {
  return new Failure('usage', `${tool} takes no access token: it signs in by itself.`, {
    code: 'tool_takes_no_token',
    hint: 'Run it without ping14c, after "pingcli pingone auth login", or with PINGCLI_PINGONE_ENVIRONMENT_ID, PINGCLI_PINGONE_ROOT_DOMAIN, PINGCLI_PINGONE_CLIENT_CREDENTIALS_CLIENT_ID and …_CLIENT_SECRET set.',
  });
}
