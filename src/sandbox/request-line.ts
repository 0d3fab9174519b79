import type { ChalkInstance } from 'chalk';
import { safeText } from '../output/safe-text.ts';
import { clockTime } from '../output/time.ts';
import type { RequestEntry } from './request-log.ts';

/** One answered request as a person reads it: `14:03:22 POST /as/token 200`. The environment is always the same one. */
export function requestLine(
  entry: RequestEntry,
  { at, environmentId, paint }: { readonly at: number; readonly environmentId: string; readonly paint: ChalkInstance },
): string {
  const path = entry.path
    .replace(`/environments/${environmentId}`, '/environments/…')
    .replace(`/${environmentId}/`, '/');
  const failing = entry.faults ? paint.yellow(failingWords(entry)) : '';
  return `${paint.dim(clockTime(at))} ${entry.method} ${safeText(path)} ${statusPaint(entry, paint)(statusWord(entry))}${failing}${noticeWords(entry)}`;
}

/** The same for programs, in a form that stays: `POST /e0000000-0000-4000-8000-000000000001/as/token 200`. */
export function plainRequestLine(entry: RequestEntry): string {
  return `${entry.method} ${safeText(entry.path)} ${statusWord(entry)}${failingWords(entry)}${noticeWords(entry)}`;
}

function statusWord({ status }: RequestEntry): string {
  return status === 0 ? 'no answer' : String(status);
}

function statusPaint({ status }: RequestEntry, paint: ChalkInstance): ChalkInstance {
  if (status === 0 || status >= 500) return paint.red;
  return status >= 400 ? paint.yellow : paint.green;
}

function failingWords({ faults }: RequestEntry): string {
  return faults ? ` (${faults.join(', ')})` : '';
}

function noticeWords({ notice }: RequestEntry): string {
  return notice === undefined ? '' : `: ${safeText(notice)}`;
}
