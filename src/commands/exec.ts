import type { Command } from 'commander';
import { refuseBatchFile, runProgramAttached } from '../cli/attached-program.ts';
import { choiceOption } from '../cli/choices.ts';
import type { Declare } from '../cli/context.ts';
import { examples } from '../cli/examples.ts';
import { OfferingArgument, offerFiles } from '../cli/offers.ts';
import { addTokenOptions, selectedTokens, type TokenSelection } from '../cli/tokens.ts';
import { endpointsOf, required } from '../config/settings.ts';
import { Failure } from '../errors.ts';
import { type Tool, takesToken, tools, toolVariables } from '../pingone/tool-variables.ts';

const help = `
The program gets your terminal and environment, but none of ping14c's secrets. Its exit
code is ours; 4 without a token: sign in first. Programs that run long want --min-ttl.
--for sets the variables by which the tool takes a token, and unsets those that would
override it; pingcli takes none.`;

interface ExecOptions extends TokenSelection {
  readonly for?: Tool;
}

export const declare: Declare = (command, contexts) => {
  command
    .description('Run a program with a valid access token in its environment.')
    .usage('[options] -- PROGRAM [ARGUMENTS]')
    .addArgument(new OfferingArgument('<program...>', 'what to run, without a shell', offerFiles))
    .addHelpText(
      'before',
      examples(
        ['ping14c exec -- ./job.sh', 'with PING14C_ACCESS_TOKEN set'],
        ['ping14c exec --client-credentials -- ./job.sh', 'as the application'],
        ['ping14c exec --for terraform -- terraform plan', 'as Terraform wants it'],
      ),
    )
    .addHelpText('after', help);
  addTokenOptions(command);
  command.addOption(choiceOption('--for <tool>', 'the variables of this tool', tools));
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
