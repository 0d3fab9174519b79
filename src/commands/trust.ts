import type { Declare, Workplace } from '../cli/context.ts';
import { Failure } from '../errors.ts';
import { stateFolder } from '../files/folders.ts';
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
import { renewalIsDue, type TrustedCertificate, trustFolder } from '../trust/trusted-certificate.ts';

interface TrustOptions {
  readonly yes?: true;
  readonly system?: true;
  readonly list?: true;
  readonly remove?: true;
}

const help = `
The authority can vouch for localhost, 127.0.0.1 and ::1 only, and its private key is gone when the command ends: nobody can
sign a second certificate with it. Linux: the certificate databases of Chromium, Chrome and Firefox (with certutil), with
--system the system's own. macOS: the login keychain. Windows: the user's trusted roots. Firefox takes over the latter two.`;

export const declare: Declare = (command, _start, open) => {
  command
    .description('Make browsers on this machine accept the certificate of the sign-in listener, without a warning.')
    .option('-y, --yes', 'do it without asking')
    .option('--system', "add it to the whole system's authorities too, which takes an administrator")
    .option('--list', 'tell what is installed where, until when')
    .option('--remove', 'take away everything that this command has installed')
    .addHelpText('after', help)
    .action(async (options: TrustOptions) => {
      const workplace = open(command);
      if (options.list && options.remove) {
        throw new Failure('usage', 'Use either --list or --remove.', { code: 'conflicting_options' });
      }
      if (options.list) return list(workplace);
      return options.remove ? remove(workplace) : install(workplace, options);
    });
};

/** 1. What is there? 2. Explain and ask. 3. Do it. 4. Print what became of each store. */
async function install(workplace: Workplace, options: TrustOptions): Promise<void> {
  const { runtime } = workplace;
  const parts = await partsOf(workplace);
  const system = parts.stores.filter((store) => parts.system.includes(store));
  if (options.system && system.length === 0) {
    throw new Failure('usage', 'This system has no folder of authorities that ping14c knows.', {
      code: 'system_store_unknown',
      hint: 'Leave --system out: browsers have stores of their own.',
    });
  }
  const { kept, listings } = await inventory(parts);
  const wanted = listings.filter(
    ([store, listing]) =>
      options.system ||
      !system.includes(store) ||
      // One that was added to the system before is renewed there without being asked for again.
      (listing.kind === 'listed' && listing.authorities.length > 0),
  );
  const stores = wanted.map(([store]) => store);
  const settled = settledCertificate({ kept, listings: wanted }, runtime.now());
  if (settled) {
    const changes = stores.map((store) => [store, { kind: 'already' }] as const);
    return report(workplace, changes, settled);
  }
  await requireConsent(
    workplace,
    options,
    explanation(stores, trustFolder(parts.stateFolder).path, kept, runtime.now()),
  );
  const { trusted, changes } = await trust({ ...parts, stores }, kept);
  await report(workplace, changes, trusted);
}

async function list(workplace: Workplace): Promise<void> {
  const { runtime, output } = workplace;
  const { kept, listings } = await inventory(await partsOf(workplace));
  const first = kept ? `Certificate: ${validity(kept, runtime.now())}` : 'There is no certificate of "ping14c trust".';
  await output.result({
    text: [first, ...listings.map((line) => listingText(line, kept))].join('\n'),
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

async function remove(workplace: Workplace): Promise<void> {
  const parts = await partsOf(workplace);
  const { hadCertificate, changes } = await distrust(parts);
  const folder = safeText(trustFolder(parts.stateFolder).path);
  await report(workplace, changes, undefined, [
    `The certificate and its key (${folder}): ${hadCertificate ? 'removed' : 'there was none'}`,
  ]);
}

async function partsOf(workplace: Workplace): Promise<TrustParts & { readonly system: readonly TrustStore[] }> {
  const { runtime } = workplace;
  const [user, system] = await Promise.all([userStores(runtime), systemStores(runtime)]);
  return { runtime, stateFolder: stateFolder(workplace), stores: [...user, ...system], system };
}

async function requireConsent({ runtime, output, interactive }: Workplace, { yes }: TrustOptions, text: string) {
  output.note(`${text}\n`);
  if (yes) return;
  if (!interactive) {
    throw new Failure('usage', 'Nobody is there to agree to that; nothing was changed.', {
      code: 'consent_needed',
      hint: 'Add --yes if you agree.',
    });
  }
  if (await runtime.prompt.confirm({ message: 'Do that?', default: false }, runtime.signal)) return;
  throw new Failure('failed', 'Nothing was changed.', { code: 'not_agreed' });
}

/** @throws Failure `failed` when a store refused: the lines are its details then, those of the others included. */
async function report(
  { runtime, output }: Workplace,
  changes: Changes,
  trusted: TrustedCertificate | undefined,
  before: readonly string[] = [],
): Promise<void> {
  const lines = [...before, ...changes.map(changeText)];
  if (changes.some(([, change]) => change.kind === 'failed')) {
    throw new Failure('failed', 'Not everything could be done.', {
      code: 'trust_incomplete',
      details: lines.map((message) => ({ message })),
      hint: 'Do what stands beside the failures, then run it again; "ping14c trust --list" tells how things are.',
    });
  }
  const until = trusted ? [`Certificate: ${validity(trusted, runtime.now())}`] : [];
  await output.result({
    text: [...lines, ...until].join('\n'),
    document: {
      schemaVersion: 1,
      ...certificateDocument(trusted),
      stores: changes.map(([{ label }, { kind }]) => ({ store: label, outcome: kind })),
    },
  });
}

function certificateDocument(trusted: TrustedCertificate | undefined) {
  if (!trusted) return {};
  const { authority, certificate, expiresAt } = trusted;
  return {
    authority: authority.name,
    certificate: { fingerprint256: certificate.fingerprint256, expiresAt: isoTime(expiresAt) },
  };
}

/** What the person agrees to. `folder` is where the certificate and its key are kept. */
function explanation(stores: readonly TrustStore[], folder: string, kept: TrustedCertificate | undefined, now: number) {
  const making = [
    '  1. A certificate authority is made that can vouch for localhost, 127.0.0.1 and ::1 only. It signs one certificate,',
    '     and its private key, which was never written anywhere, is gone.',
    `  2. That certificate and its key are kept in ${safeText(folder)},`,
    `     readable by you only, for ${validDays} days. With them one can pass for this machine in this browser, and for nothing else.`,
  ];
  const reusing = [`  The certificate that you have is good until ${localTime(kept?.expiresAt ?? now)}, and stays.`];
  return [
    'Browsers on this machine are to accept the certificate of the sign-in listener without a warning:',
    ...(kept && !renewalIsDue(kept, now) ? reusing : making),
    '  The authority is added to:',
    ...stores.map(({ label }) => `     ${safeText(label)}`),
    '"ping14c trust --remove" takes all of it away again.',
  ].join('\n');
}

/** Until when, and how long that is. */
export function validity(trusted: TrustedCertificate, now: number): string {
  const { expiresAt } = trusted;
  if (expiresAt <= now) return `ended at ${localTime(expiresAt)}; run "ping14c trust" to renew it`;
  const renewal = renewalIsDue(trusted, now) ? '; run "ping14c trust" to renew it' : '';
  return `good until ${localTime(expiresAt)} (${duration(expiresAt - now)})${renewal}`;
}

const said: Readonly<Record<Exclude<StoreChange['kind'], 'failed'>, string>> = {
  added: 'added',
  already: 'there already',
  removed: 'removed',
  none: 'there was none',
};

/** One store and what became of it. */
function changeText([store, change]: Changes[number]): string {
  return `${safeText(store.label)}: ${change.kind === 'failed' ? `${change.problem} ${change.remedy}` : said[change.kind]}`;
}

/** One store and which of our authorities it trusts. */
function listingText([store, listing]: Inventory['listings'][number], kept: TrustedCertificate | undefined): string {
  const label = safeText(store.label);
  if (listing.kind === 'failed') return `${label}: ${listing.problem} ${listing.remedy}`;
  const told = listing.authorities.map(({ name, trusted }) => {
    if (name !== kept?.authority.name) return `${name}, left over; "ping14c trust" or "--remove" takes it away`;
    return trusted ? name : `${name}, not trusted there; run "ping14c trust"`;
  });
  return `${label}: ${told.join('; ') || 'nothing'}`;
}
