import type { Command } from 'commander';
import {
  type ConfiguredContext,
  changing,
  type Declare,
  startsBrowser,
  type VerboseOption,
  verbose,
} from '../cli/context.ts';
import { examples } from '../cli/examples.ts';
import { type SignInFlags, type SignInPlan, signInPlan, signInUser } from '../cli/sign-in.ts';
import { keptSession } from '../cli/signed-in-already.ts';
import { clientOf, type Settings } from '../config/settings.ts';
import type { Telling } from '../explain/story.ts';
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

export const declare: Declare = (command, contexts) => {
  command
    .description('Sign in through the browser, and keep the session.')
    .option('--device', 'sign in on another device, by a code')
    .option('--no-browser', 'show the address; paste the one it ends on')
    .option('--switch-user', 'sign in as somebody else (--prompt login)')
    .option('--login-hint <name>', 'the user name to begin with')
    .option('--explain', 'tell the protocol as it happens, secrets redacted')
    .option('--dry-run', 'tell what would be done, and do none of it')
    .option(...verbose('the address, the whole fingerprint, the place'))
    .option('--no-preflight', 'do not try the request before the browser opens')
    .option('--implicit', 'the implicit grant, for old applications only')
    .option('--cert <file>', 'certificate (PEM) for the redirect URI’s host')
    .option('--key <file>', 'its private key (PEM), without a passphrase')
    .addHelpText(
      'before',
      examples(
        ['ping14c login', 'opens the browser'],
        ['ping14c login --device', 'on a machine without one'],
        ['ping14c login -P work --switch-user', 'another profile, another user'],
      ),
    )
    .addHelpText(
      'after',
      `\nWhile it waits, u shows the address and c copies it.\nBROWSER names the browser to start, or "none".`,
    )
    .action(async (options: LoginOptions, self: Command) => {
      changing(contexts.unconfigured(self));
      const context = await contexts.configured(self);
      const { output, settings } = context;
      const plan = signInPlan(settings, options);
      if (options.dryRun) return dryRun(context, plan, options);
      const observe = options.explain
        ? (await import('../explain/narrator.ts')).narrator(output, tellingOf(options))
        : undefined;
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

/** How much of the protocol is told. */
function tellingOf({ verbose }: LoginOptions): Telling {
  return verbose ? 'all' : 'briefly';
}

async function dryRun(context: ConfiguredContext, plan: SignInPlan, options: LoginOptions) {
  const { browser, preflight } = options;
  const { runtime, output, settings } = context;
  const { responseType, redirectUri, par, store } = settings.values;
  const explain = await import('../explain/dry-run.ts');
  const intention = {
    ...plan,
    ...{ client: clientOf(settings, 'user'), responseType, redirectUri, pushed: par, store, preflight },
    opensBrowser: browser && startsBrowser(context),
  };
  await output.result(await explain.dryRun(intention, runtime, tellingOf(options)));
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
