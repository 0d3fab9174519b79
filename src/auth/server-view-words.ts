import { columns } from '../output/columns.ts';
import type { Output } from '../output/output.ts';
import type { ServerView, TokenStanding } from './server-view.ts';

/** What to do about it. */
export interface Remedy {
  readonly words: string;
  /** The one command that mends it; `null` where nothing is wrong. */
  readonly command: string | null;
}

/** @param expired by this machine's clock: then the next command renews it anyway */
export function remedyFor({ accessToken, refreshToken }: ServerView, expired: boolean): Remedy {
  if (accessToken === 'active' && refreshToken === 'inactive') {
    return { words: 'It cannot be renewed: when the access token ends, sign in again.', command: 'ping14c login' };
  }
  if (accessToken === 'active') return { words: 'Nothing needs mending.', command: null };
  if (accessToken === 'none')
    return { words: 'There is no access token that PingOne could be asked about.', command: null };
  return expired
    ? { words: 'The next command renews the access token.', command: null }
    : { words: 'The access token has been revoked: renew it.', command: 'ping14c token --refresh' };
}

const standings: Readonly<Record<TokenStanding, string>> = {
  active: 'honoured',
  inactive: 'not honoured',
  unknown: 'not told to this client',
  none: 'there is none',
};

export function serverViewText(view: ServerView, { words, command }: Remedy, output: Output): string {
  const rows = [
    ['Asked by', view.askedBy],
    ['Access token', standings[view.accessToken]],
    ['Refresh token', standings[view.refreshToken]],
  ];
  const mend = command === null ? words : output.asTyped(`${words} Type "${command}".`);
  return [output.paint.bold('What PingOne says'), columns(['', ''], rows, output), mend].join('\n');
}
