import type { Command } from 'commander';
import { type ConfiguredContext, changing, type Declare, startsBrowser } from '../cli/context.ts';
import { type SignInFlags, type SignInPlan, signInPlan, signInUser } from '../cli/sign-in.ts';
import { keptSession } from '../cli/signed-in-already.ts';
import { type VerboseOption, verbose } from '../cli/verbose.ts';
import { clientOf, type Settings } from '../config/settings.ts';
import { implicitCaution } from '../oidc/grant-warnings.ts';
import { safeText } from '../output/safe-text.ts';
import { ticked } from '../output/ticked.ts';
import { isoTime } from '../output/time.ts';
import type { Session } from '../session/session.ts';
import { ping14c, wording } from '../wording.ts';

interface LoginOptions extends SignInFlags, VerboseOption {
  readonly browser: boolean;
  readonly preflight: boolean;
  readonly explain?: true;
  readonly dryRun?: true;
}

const help = `
Signs you in through the browser and keeps the session. While it waits, u shows the address and c copies it. BROWSER names
another browser, or "none"; without a terminal and without BROWSER no browser is started, and the address is shown.

--device is for machines without a browser: it shows an address and a code for another device, and opens nothing.
--implicit is for old applications: ${implicitCaution}.
--par sends the request to the server itself first, as applications do whose PAR requirement is "Required".`;

export const declare: Declare = (command, contexts) => {
  command
    .option('--no-browser', 'start no browser: open the shown address yourself, or paste the one it ends on')
    .option('--no-preflight', 'do not try the request before the browser opens')
    .option('--explain', 'tell the protocol step by step as it happens, secrets redacted')
    .option('--dry-run', 'print what would be done; send nothing and open nothing')
    .option('--device', 'sign in on another device, by a code')
    .option('--implicit', 'use the implicit grant (better not: see below)')
    .option('--switch-user', 'sign in as somebody else: the same as --prompt login')
    .option('--login-hint <name>', 'the user name to begin with')
    .option('--cert <file>', 'your own certificate for the listener, PEM; it must be for the host of the redirect URI')
    .option('--key <file>', 'its private key, PEM, without a passphrase')
    .option(...verbose('the address, the whole fingerprint, where the session is kept'))
    .addHelpText('after', help)
    .action(async (options: LoginOptions, self: Command) => {
      changing(contexts.unconfigured(self));
      const context = await contexts.configured(self);
      const { output, settings } = context;
      const plan = signInPlan(settings, options);
      if (options.dryRun) return dryRun(context, plan, options);
      const observe = options.explain ? (await import('../explain/narrator.ts')).narrator(output) : undefined;
      const kept = asksForSignIn(settings, options) ? undefined : await keptSession(context);
      if (kept) return answer(context, kept);
      const { session, place, knowsWay, warnings } = await signInUser(context, plan, { ...options, observe });
      for (const warning of warnings) output.warn(warning);
      if (options.verbose) output.note(`The session is kept in ${safeText(place)}.`);
      await answer(context, session);
      if (!knowsWay) output.note(nextSteps);
    });
};

const nextSteps = wording`Next: ${ping14c('whoami')} tells who you are, ${ping14c('token')} prints a token.`;

function answer({ output }: ConfiguredContext, session: Session): Promise<void> {
  const text = ticked(`Signed in as ${safeText(session.displayName)}`, output);
  return output.result({ text, document: documentOf(session) });
}

/** Whether the command line says how to sign in: who says so wants to, whoever is signed in. */
function asksForSignIn({ origins }: Settings, options: LoginOptions): boolean {
  const { implicit, device, switchUser, loginHint, cert, explain } = options;
  const wishes = ['scope', 'prompt', 'maxAge', 'acrValues', 'par', 'responseType', 'redirectUri'] as const;
  return (
    [implicit, device, switchUser, loginHint, cert, explain].some((option) => option !== undefined) ||
    wishes.some((key) => origins[key]?.kind === 'flag')
  );
}

async function dryRun(context: ConfiguredContext, plan: SignInPlan, { browser, preflight }: LoginOptions) {
  const { runtime, output, settings } = context;
  const { responseType, redirectUri, par, store } = settings.values;
  const explain = await import('../explain/dry-run.ts');
  const intention = {
    ...plan,
    ...{ client: clientOf(settings, 'user'), responseType, redirectUri, pushed: par, store, preflight },
    opensBrowser: browser && startsBrowser(context),
  };
  await output.result(await explain.dryRun(intention, runtime));
}

function documentOf({ subject, displayName, issuer, environmentId, clientId, profile, tokens }: Session) {
  return {
    schemaVersion: 1,
    user: { id: subject, name: displayName },
    profile,
    issuer,
    environmentId,
    clientId,
    scope: tokens.scope,
    expiresAt: isoTime(tokens.expiresAt),
  };
}
