import { createHash } from 'node:crypto';
import { Failure, type FailureDetail } from '../errors.ts';
import type { HeldLock } from '../files/lock.ts';
import { isAbsentOr, isJsonObject, isText, type JsonObject, parsedObject } from '../json.ts';
import { withoutThese } from '../output/redactor.ts';
import type { NamedCommand, Wording } from '../wording.ts';

/** The kinds of which the next one who asks would learn the same. */
const sharedKinds = ['failed', 'refused', 'unreachable'] as const;

/** All on which the answer depends besides what the lock is named after: the server, the way to it, how long it is waited for. */
export type Way = readonly (string | number | undefined)[];

/** What a command needs that may learn of another's failure. */
export interface OnTheWay {
  readonly way: Way;
}

/**
 * Leaves a failure for those who wait for the lock: they would ask the server the same and wait as long for the same answer,
 * one after the other (docs/security.md, rule 20). Whoever goes another way asks for themselves, and leaves a word of their own.
 *
 * @param secrets what no text that is left may contain
 */
export async function shareFailure(
  lock: HeldLock,
  way: Way,
  { kind, message, code, hint, details, correlationId }: Failure,
  secrets: readonly (string | undefined)[],
): Promise<void> {
  if (!sharedKinds.some((one) => one === kind)) return;
  const text = JSON.stringify({ kind, message, code, hint, details, correlationId });
  const given = secrets.filter((secret) => secret !== undefined);
  if (withoutThese(text, given) === text) await lock.leaveWord(markOf(way), text);
}

/** The failure that somebody on the same way has left while this process waited for the lock. */
export async function sharedFailure(lock: HeldLock, way: Way): Promise<Failure | undefined> {
  const left = parsedObject((await lock.wordLeft(markOf(way))) ?? '');
  if (!left) return undefined;
  const { message, code, hint, details, correlationId } = left;
  const kind = sharedKinds.find((one) => one === left['kind']);
  if (!kind || !isText(message) || !isText(code) || !isAbsentOr(hint, isWording)) return undefined;
  if (!Array.isArray(details) || !details.every(isDetail) || !isAbsentOr(correlationId, isText)) return undefined;
  const shared = {
    message: 'Another ping14c got this answer while this one waited for it; PingOne was not asked again.',
  };
  return new Failure(kind, message, { code, hint, details: [...details, shared], correlationId });
}

/** A proxy's password is on the way, which a whole hash would let a guesser try: 24 bits tell ways apart and prove no guess. */
function markOf(way: Way): string {
  return createHash('sha256').update(JSON.stringify(way)).digest('hex').slice(0, 6);
}

function isWording(value: unknown): value is Wording {
  return isText(value) || (Array.isArray(value) && value.every((part) => isText(part) || isNamedCommand(part)));
}

function isNamedCommand(value: unknown): value is NamedCommand {
  return isJsonObject(value) && isText(value['line']);
}

function isDetail(value: unknown): value is FailureDetail & JsonObject {
  if (!isJsonObject(value)) return false;
  const { message, target, code } = value;
  return isText(message) && isAbsentOr(target, isText) && isAbsentOr(code, isText);
}
