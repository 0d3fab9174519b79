import { type CommandContext, changing, type Declare } from '../cli/context.ts';
import { examples } from '../cli/examples.ts';
import { Failure } from '../errors.ts';
import { trustStateFolder } from '../files/folders.ts';
import type { OwnFolder } from '../files/own-folder.ts';
import type { Certificate } from '../loopback/certificate.ts';
import { safeText } from '../output/safe-text.ts';
import { duration, isoTime, localTime } from '../output/time.ts';
import { validDays } from '../trust/authority.ts';
import { systemStores, userStores } from '../trust/platform-stores.ts';
import {
  type Changes,
  distrust,
  type Inventory,
  inventory,
  type StoreChange,
  settledCertificate,
  type TrustParts,
  trust,
} from '../trust/trust.ts';
import type { TrustStore } from '../trust/trust-store.ts';
import { isComplete, renewalIsDue, type TrustedCertificate, trustFolder } from '../trust/trusted-certificate.ts';
import { ping14c, wording } from '../wording.ts';

interface TrustOptions {
  readonly yes?: true;
  readonly system?: true;
  readonly list?: true;
  readonly remove?: true;
}

const help = `
The authority vouches for localhost, 127.0.0.1 and ::1 only, and its key is gone when the
command ends. Linux: the databases of Chromium, Chrome and Firefox (with certutil). macOS:
the login keychain. Windows: the user's trusted roots. Firefox takes over the latter two.`;

export const declare: Declare = (command, contexts) => {
  command
    .description('Make browsers here accept the listener and the sandbox without a warning.')
    .option('-y, --yes', 'do it without asking')
    .option('--system', "the whole system's authorities too (administrators)")
    .option('--list', 'tell what is installed where, until when')
    .option('--remove', 'take away all that this command has installed')
    .addHelpText(
      'before',
      examples(
        ['ping14c trust', 'tells what it will do, and asks'],
        ['ping14c trust --list', 'what is installed'],
        ['ping14c trust --remove', 'as it was before'],
      ),
    )
    .addHelpText('after', help)
    .action(async (options: TrustOptions) => {
      const context = contexts.unconfigured(command);
      if (options.list && options.remove) {
        throw new Failure('usage', 'Use either --list or --remove.', { code: 'conflicting_options' });
      }
      if (options.list) return list(context);
      changing(context);
      return options.remove ? remove(context) : install(context, options);
    });
};

/** 1. What is there? 2. Explain and ask. 3. Do it. 4. Print what became of each store. */
async function install(context: CommandContext, options: TrustOptions): Promise<void> {
  const { runtime } = context;
  const parts = await partsOf(context);
  const system = parts.stores.filter((store) => parts.system.includes(store));
  if (options.system && system.length === 0) {
    throw new Failure('usage', 'ping14c does not know where this system keeps its authorities.', {
      code: 'system_store_unknown',
      hint: 'Leave out --system: browsers have stores of their own.',
    });
  }
  const { kept, listings } = await inventory(parts);
  const wanted = listings.filter(
    ([store, listing]) =>
      options.system ||
      !system.includes(store) ||
      // An authority that was added to the system before is renewed there without --system.
      (listing.kind === 'listed' && listing.authorities.length > 0),
  );
  const stores = wanted.map(([store]) => store);
  const settled = settledCertificate({ kept, listings: wanted }, runtime.now());
  if (settled) {
    const changes = stores.map((store) => [store, { kind: 'already' }] as const);
    return report(context, changes, settled);
  }
  await requireConsent(context, options, explanation(stores, trustFolder(parts.stateFolder), kept, runtime.now()));
  parts.begun();
  const { trusted, changes } = await trust({ ...parts, stores }, kept);
  await report(context, changes, trusted);
}

async function list(context: CommandContext): Promise<void> {
  const { runtime, output } = context;
  const { kept, listings } = await inventory(await partsOf(context));
  const first = kept ? validityText(kept, runtime.now()) : 'There is no certificate yet: "ping14c trust" makes one.';
  await output.result({
    sentences: [first, ...listings.map((line) => listingText(line, kept))],
    document: {
      schemaVersion: 1,
      ...certificateDocument(kept),
      stores: listings.map(([{ label }, listing]) =>
        listing.kind === 'failed'
          ? { store: label, problem: listing.problem, remedy: listing.remedy }
          : { store: label, authorities: listing.authorities },
      ),
    },
  });
}

async function remove(context: CommandContext): Promise<void> {
  const parts = await partsOf(context);
  parts.begun();
  const { hadCertificate, changes } = await distrust(parts);
  const folder = safeText(trustFolder(parts.stateFolder).path);
  await report(context, changes, undefined, [
    `The certificates and their keys (${folder}): ${hadCertificate ? 'removed' : 'there was none'}`,
  ]);
}

interface Parts extends TrustParts {
  readonly system: readonly TrustStore[];
  /** To be called before the first change. */
  readonly begun: () => void;
}

async function partsOf(context: CommandContext): Promise<Parts> {
  const { runtime, output } = context;
  const [user, system] = await Promise.all([userStores(runtime), systemStores(runtime)]);
  const lines: string[] = [];
  const begun = () => {
    const done = lines.length === 0 ? '' : `Done so far: ${lines.join('; ')}. `;
    output.ifInterrupted(
      wording`${done}The rest may be incomplete: ${ping14c('trust --list')} tells how things are, and running it again completes it.`,
    );
  };
  const changed: TrustParts['changed'] = (store, change) => {
    lines.push(changeText([store, change]));
    begun();
  };
  return { runtime, stateFolder: trustStateFolder(context), stores: [...user, ...system], system, begun, changed };
}

async function requireConsent({ runtime, output, interactive }: CommandContext, { yes }: TrustOptions, text: string) {
  output.note(`${text}\n`);
  if (yes) return;
  if (!interactive) {
    throw new Failure('usage', 'Nothing was changed: nobody is there to agree.', {
      code: 'consent_needed',
      hint: 'Add --yes if you agree.',
    });
  }
  if (await runtime.prompt.confirm({ message: 'Continue?', default: false }, runtime.signal)) return;
  throw new Failure('failed', 'Nothing was changed.', { code: 'not_agreed' });
}

/** @throws Failure `failed` when a store refused; its details are the lines of all stores. */
async function report(
  { runtime, output }: CommandContext,
  changes: Changes,
  trusted: TrustedCertificate | undefined,
  before: readonly string[] = [],
): Promise<void> {
  const lines = [...before, ...changes.map(changeText)];
  if (changes.some(([, change]) => change.kind === 'failed')) {
    throw new Failure('failed', 'Some of it failed.', {
      code: 'trust_incomplete',
      details: lines.map((message) => ({ message })),
      hint: wording`Fix what each line names, then run it again; ${ping14c('trust --list')} tells how things are.`,
    });
  }
  const until = trusted ? [validityText(trusted, runtime.now())] : [];
  await output.result({
    sentences: [...lines, ...until],
    document: {
      schemaVersion: 1,
      ...certificateDocument(trusted),
      stores: changes.map(([{ label }, { kind }]) => ({ store: label, outcome: kind })),
    },
  });
}

function certificateDocument(trusted: TrustedCertificate | undefined) {
  if (!trusted) return {};
  const { authority, certificate, sandboxCertificate, expiresAt } = trusted;
  const documentOf = ({ fingerprint256 }: Certificate) => ({ fingerprint256, expiresAt: isoTime(expiresAt) });
  return {
    authority: authority.name,
    certificate: documentOf(certificate),
    sandboxCertificate: sandboxCertificate && documentOf(sandboxCertificate),
  };
}

/** Says to what the person agrees. `path` is where the certificates and their keys are kept. */
function explanation(
  stores: readonly TrustStore[],
  { path, userId }: OwnFolder,
  kept: TrustedCertificate | undefined,
  now: number,
) {
  // On Windows there are no modes to look at.
  const readers = userId === undefined ? '' : 'readable by you only, ';
  const making = [
    '  An authority is made that can vouch for localhost, 127.0.0.1 and ::1 only. It signs a certificate for the listener and one for the sandbox; then its private key is forgotten, and never written.',
    `  The two certificates and their keys are kept in ${safeText(path)}, ${readers}for ${validDays} days. Whoever has them can pass for this machine in this browser, and for nothing else.`,
  ];
  const reusing = [`  The certificates that you have are good until ${localTime(kept?.expiresAt ?? now)}, and stay.`];
  return [
    'Browsers here will accept the sign-in listener and the sandbox without a warning:',
    ...(kept && isComplete(kept, now) ? reusing : making),
    '  The authority is added to:',
    ...stores.map(({ label }) => `     ${safeText(label)}`),
    '"ping14c trust --remove" takes all of it away again.',
  ].join('\n');
}

/** Says which certificates there are, until when they are good, and how long that is. */
function validityText(kept: TrustedCertificate, now: number): string {
  const { sandboxCertificate, expiresAt } = kept;
  const which = sandboxCertificate ? 'Certificates of listener and sandbox' : 'Certificate of the listener';
  if (expiresAt <= now) return `${which}: ended at ${localTime(expiresAt)}; run "ping14c trust" to renew`;
  const renewal = renewalIsDue(kept, now) ? '; run "ping14c trust" to renew' : '';
  const missing = sandboxCertificate || renewal ? '' : '; run "ping14c trust" to have one for the sandbox too';
  return `${which}: good until ${localTime(expiresAt)} (${duration(expiresAt - now)})${renewal}${missing}`;
}

const outcomeWords: Readonly<Record<Exclude<StoreChange['kind'], 'failed'>, string>> = {
  added: 'added',
  already: 'there already',
  removed: 'removed',
  none: 'there was none',
};

/** One store and what became of it. */
function changeText([store, change]: Changes[number]): string {
  return `${safeText(store.label)}: ${change.kind === 'failed' ? `${change.problem} ${change.remedy}` : outcomeWords[change.kind]}`;
}

/** One store and which of our authorities it trusts. */
function listingText([store, listing]: Inventory['listings'][number], kept: TrustedCertificate | undefined): string {
  const label = safeText(store.label);
  if (listing.kind === 'failed') return `${label}: ${listing.problem} ${listing.remedy}`;
  const authorities = listing.authorities.map(({ name, trusted }) => {
    if (name !== kept?.authority.name) return `${name}, left over; "ping14c trust" or "--remove" takes it away`;
    return trusted ? name : `${name}, not trusted there; run "ping14c trust"`;
  });
  return `${label}: ${authorities.join('; ') || 'nothing'}`;
}
