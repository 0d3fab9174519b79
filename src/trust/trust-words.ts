import { safeText } from '../output/safe-text.ts';
import { duration, localTime } from '../output/time.ts';
import { validDays } from './authority.ts';
import type { Change } from './store-changes.ts';
import type { Changes, Inventory } from './trust.ts';
import type { TrustStore } from './trust-store.ts';
import { renewalIsDue, type TrustedCertificate } from './trusted-certificate.ts';

/** What the person agrees to. `folder` is where the certificate and its key are kept. */
export function explanation(
  stores: readonly TrustStore[],
  folder: string,
  kept: TrustedCertificate | undefined,
  now: number,
) {
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

const said: Readonly<Record<Exclude<Change['kind'], 'failed'>, string>> = {
  added: 'added',
  already: 'there already',
  removed: 'removed',
  none: 'there was none',
};

/** One store and what became of it. */
export function changeText([store, change]: Changes[number]): string {
  return `${safeText(store.label)}: ${change.kind === 'failed' ? `${change.problem} ${change.remedy}` : said[change.kind]}`;
}

/** One store and which of our authorities it trusts. */
export function listingText(
  [store, listing]: Inventory['listings'][number],
  kept: TrustedCertificate | undefined,
): string {
  const label = safeText(store.label);
  if (listing.kind === 'failed') return `${label}: ${listing.problem} ${listing.remedy}`;
  const told = listing.authorities.map(({ name, trusted }) => {
    if (name !== kept?.authority.name) return `${name}, left over; "ping14c trust" or "--remove" takes it away`;
    return trusted ? name : `${name}, not trusted there; run "ping14c trust"`;
  });
  return `${label}: ${told.join('; ') || 'nothing'}`;
}
