import { Failure } from '../errors.ts';
import type { InputStream } from '../runtime.ts';

/** Two passwords of 255 characters, of four bytes each, take less. */
const maxBytes = 4096;

/**
 * Reads secrets from standard input, a line each, exactly as they are (docs/security.md, rule 26). Only the line end, LF or
 * CRLF, is taken off; the last line may lack it.
 *
 * @throws Failure `usage` on a terminal, and when there are fewer or more lines, an empty one, or text that is not UTF-8; the signal's reason.
 */
export async function readSecretLines(
  stdin: InputStream,
  expected: { readonly names: readonly string[]; readonly optional?: number },
  signal: AbortSignal,
): Promise<readonly string[]> {
  refuseTerminal(stdin);
  return secretLines(await bytesFrom(stdin, signal), expected);
}

/** Refuses a terminal. Call it before anything that takes time: somebody would type meanwhile. @throws Failure `usage` */
export function refuseTerminal({ isTTY }: InputStream): void {
  if (!isTTY) return;
  throw unfit(
    'Standard input is a terminal, which would show what is typed.',
    'Leave out --stdin to be asked, or use a pipe.',
  );
}

/** Takes the bytes apart. `names` say what each line is; as many as `optional` says of the last ones may be absent. */
export function secretLines(
  bytes: Uint8Array,
  { names, optional = 0 }: { readonly names: readonly string[]; readonly optional?: number },
): readonly string[] {
  const text = decoded(bytes);
  const lines = (text.endsWith('\n') ? text.slice(0, -1) : text)
    .split('\n')
    .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  const wanted = `Send ${names.join(', then ')}, a line each, and nothing else.`;
  if (text === '' || lines.length < names.length - optional) throw unfit('Standard input ends too early.', wanted);
  if (lines.length > names.length) throw unfit(`Standard input has more than ${names.length} lines.`, wanted);
  const empty = lines.indexOf('');
  if (empty >= 0) throw unfit(`Line ${empty + 1} of standard input, ${names[empty]}, is empty.`, wanted);
  return lines;
}

function decoded(bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw unfit('Standard input is not UTF-8 text.', 'Convert it, or leave out --stdin to be asked.', error);
  }
  // Windows shells put this mark before what they pipe. As part of a password it would count as a wrong attempt.
  if (text.startsWith('\ufeff')) {
    throw unfit('Standard input starts with a byte-order mark.', 'Pipe it without one, as plain UTF-8.');
  }
  return text;
}

async function bytesFrom(stdin: InputStream, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Destroying ends the wait at once; nothing else reads standard input in this run.
  const stop = () => stdin.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of stdin) {
      const bytes = Buffer.from(chunk);
      size += bytes.length;
      if (size > maxBytes) throw unfit('Standard input is too long for passwords.', 'Pipe the passwords only.');
      chunks.push(bytes);
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  if (signal.aborted) throw signal.reason;
  return Buffer.concat(chunks);
}

function unfit(message: string, hint: string, cause?: unknown): Failure {
  return new Failure('usage', message, { code: 'unfit_input', hint, cause });
}
