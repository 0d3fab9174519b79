import { Failure, messageOf } from '../errors.ts';
import type { Outcome } from '../loopback/pages.ts';
import type { Output } from '../output/output.ts';
import { ping14c } from '../wording.ts';
import { displayNameOf } from './claims.ts';
import type { UserGrant } from './user-grant.ts';

/** Where somebody has signed in. */
interface SignInPlace {
  readonly environmentId: string;
  readonly clientId: string;
}

/** What to do next; the last is for whoever sees a name that is not theirs. */
const nextCommands = [
  { command: ping14c('whoami'), does: 'see who you are' },
  { command: ping14c('passwd'), does: 'change your password' },
  { command: ping14c('login --switch-user'), does: 'if this is not you' },
] as const;

/** What the browser shows of a sign-in that worked. */
export function successOutcome({ claims }: UserGrant, place: SignInPlace, output: Output): Outcome {
  return {
    kind: 'success',
    person: displayNameOf(claims),
    facts: [
      { label: 'Client ID', value: place.clientId },
      { label: 'Environment ID', value: place.environmentId },
    ],
    next: nextCommands.map(({ command, does }) => ({ command: output.typedLine(command), does })),
  };
}

/** What the browser shows of one that did not. @param reason an error, or what interrupted it */
export function failureOutcome(reason: unknown, output: Output): Outcome {
  if (!(reason instanceof Error)) return { kind: 'failure', message: 'The sign-in was cancelled in the terminal.' };
  const { code, hint }: Partial<Failure> = reason instanceof Failure ? reason : {};
  const kind = code === 'access_denied' ? 'denied' : 'failure';
  return { kind, message: messageOf(reason), hint: hint && output.spelled(hint) };
}
