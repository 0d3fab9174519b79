import type { Command } from 'commander';
import {
  type CommandContext,
  type ConfiguredContext,
  changing,
  type Declare,
  sessionIdentity,
  sessionParts,
} from '../cli/context.ts';
import { examples } from '../cli/examples.ts';
import {
  leftLines,
  localLine,
  type Receipt,
  type ReceiptLine,
  receiptDocument,
  receiptSentences,
  receiptText,
} from '../cli/receipt.ts';
import { signOut } from '../cli/sign-out.ts';
import { clientOf } from '../config/settings.ts';
import { Failure } from '../errors.ts';
import type { Output } from '../output/output.ts';
import { safeText } from '../output/safe-text.ts';
import type { Session } from '../session/session.ts';
import { clearSession } from '../session/stored-session.ts';

interface LogoutOptions {
  readonly browser?: true;
  readonly all?: true;
}

const help = `
What cannot be ended is told, with the time until which it is still valid. --browser waits
for the browser to come back where the --post-logout-redirect-uri is an address of this
machine with a port, such as https://127.0.0.1:8443/bye.`;

export const declare: Declare = (command, contexts) => {
  command
    .description('Forget the session on this machine first, then end it at PingOne.')
    .option('--browser', 'end it on the sign-off page, in the browser')
    .option('--all', 'all profiles, all stores')
    .addHelpText(
      'before',
      examples(
        ['ping14c logout', 'ends the session of the profile'],
        ['ping14c logout --browser', 'and that of the browser'],
        ['ping14c logout --all', 'leaves no session on this machine'],
      ),
    )
    .addHelpText('after', help)
    .action(async (options: LogoutOptions, self: Command) => {
      changing(contexts.unconfigured(self));
      if (!options.all) return logout(await contexts.configured(self), options);
      refuseConflicts(options, self.optsWithGlobals());
      return logoutEverywhere(contexts.unconfigured(self));
    });
};

/** 1. Forget the session here. 2. End at the server what can be ended. 3. Print the receipt. */
async function logout(context: ConfiguredContext, options: LogoutOptions): Promise<void> {
  const parts = await sessionParts(context);
  const client = clientOf(context.settings, 'user');
  const cleared = await clearSession(parts, sessionIdentity(context, client));
  const { output } = context;
  const told = (lines: readonly ReceiptLine[]) => {
    output.ifInterrupted(lines.map((line) => `${receiptText(line, parts.store.place)}.`).join(' '));
  };
  const first = localLine(cleared);
  told([first]);
  const end = ({ tokens }: Session) => {
    // In doubt until the server has answered.
    told([first, ...leftLines(tokens, 'as far as is known', context.runtime.now())]);
    return signOut(context, client, { tokens }, { ...options, told: (lines) => told([first, ...lines]) });
  };
  const remote = cleared.kind === 'session' ? await end(cleared.session) : [];
  const receipt = [first, ...remote];
  told(receipt);
  await output.result({
    sentences: receiptSentences(receipt, parts.store, output),
    document: { schemaVersion: 1, receipt: receipt.map(receiptDocument) },
  });
}

function refuseConflicts({ browser }: LogoutOptions, { profile }: { readonly profile?: string }): void {
  if (profile !== undefined) {
    throw new Failure('usage', '--all means every profile: leave out --profile.', { code: 'conflicting_options' });
  }
  if (browser) {
    throw new Failure('usage', '--browser ends one session only: leave out --all or --browser.', {
      code: 'conflicting_options',
      hint: 'logout --all shows the page for each session that it could not end.',
    });
  }
}

/** @throws Failure `failed` when something could not be removed; its details are all lines of the receipts. */
async function logoutEverywhere(context: CommandContext): Promise<void> {
  const { signOutEverywhere } = await import('../cli/sign-out.ts');
  const receipts = await signOutEverywhere(context);
  if (receipts.some(({ lines }) => lines.some(({ outcome }) => outcome === 'failed'))) {
    throw new Failure('failed', 'Not everything could be removed from this machine.', {
      code: 'logout_incomplete',
      details: receipts.flatMap(({ entry, lines, store }) =>
        lines.map((line) => ({ target: entry.profile, message: receiptText(line, store.place) })),
      ),
      hint: 'Fix what each line names, then run it again.',
    });
  }
  const { output } = context;
  const sentences = receipts.flatMap(({ entry, lines, store }) => [
    titleOf(entry, output),
    ...receiptSentences(lines, store, output).map((line) => `  ${line.replaceAll('\n', '\n  ')}`),
  ]);
  const none = 'Nothing to do: there is no session on this machine.';
  await output.result({
    sentences: sentences.length > 0 ? sentences : [none],
    document: {
      schemaVersion: 1,
      accounts: receipts.map(({ entry: { kind, store, profile, issuer, environmentId, clientId }, lines }) => ({
        ...{ kind, store, profile, issuer, environmentId, clientId },
        receipt: lines.map(receiptDocument),
      })),
    },
  });
}

function titleOf({ profile, issuer, clientId }: Receipt['entry'], { columns, paint }: Output): string {
  if (!Number.isFinite(columns)) return safeText(`Profile "${profile}", client ${clientId} at ${issuer}`);
  return `${paint.bold(safeText(profile))}, client ${safeText(clientId)}`;
}
