import { type Reading, readingsOf } from './readings.ts';

const redacted = '[redacted]';

/** JSON members, form fields and query parameters whose values grant something; the last three are those of our own records. */
const secretName =
  '(?:access_token|refresh_token|id_token|id_token_hint|code|device_code|user_code|code_verifier|client_secret|client_assertion|assertion|token|password|currentPassword|newPassword|value|recoveryCode|secret|passphrase|nonce|state|ST|accessToken|refreshToken|idToken)';

/** Each rule keeps its first group, and what follows is a secret. */
const rules: readonly RegExp[] = [
  // JWTs, wherever they stand. Only the signature part is optional: `alg: none` tokens are secrets too.
  /()\beyJ[\w-]{4,8192}\.[\w-]*(?:\.[\w-]*)*/g,
  /(\b(?:authorization|proxy-authorization|cookie|set-cookie)["']?\s*[:=]\s*["']?)[^\r\n"']+/gi,
  /(\b(?:Basic|Bearer|DPoP)\s+)[\w.~+/=-]{6,}/gi,
  // Also where the text ends within.
  new RegExp(
    `(["']${secretName}["']\\s*:\\s*)(?:"(?:[^"\\\\]|\\\\.)*\\\\?(?:"|$)|'(?:[^'\\\\]|\\\\.)*\\\\?(?:'|$))`,
    'g',
  ),
  new RegExp(`((?:^|[?&#;\\s"'])${secretName}=)[^&\\s"'<>#;]+`, 'g'),
  // user:password@ in a proxy URL
  /(\b[a-z][a-z0-9+.-]{0,32}:\/\/)[^\s/@:]+:[^\s/@]+@/gi,
  /(-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
];

/** Nobody reads more of a message. The rules would be busy for a minute with a megabyte that a server sent. */
const longest = 64 * 1024;

/** What is read beyond that, and not shown: with it a secret is found whole which the cut goes through. */
const beyond = 16 * 1024;

/** Shorter ones would be found in words by chance. */
const shortest = 4;

/** Stands in front of warnings, errors and traces (docs/security.md, rule 30). Replaces secrets known by name or by shape, and those given. */
export function redact(text: string, known: Iterable<string> = []): string {
  const secrets = [...known].filter((secret) => secret.length >= shortest);
  const found = (reading: string) => [...spansOf(secrets, reading), ...spansByShape(reading)];
  if (text.length <= longest) return without(text, found);
  const read = text.slice(0, longest + beyond);
  const begun = read === text ? () => [] : (reading: string) => beginningsAtEnd(secrets, reading);
  return `${without(read, (reading) => [...found(reading), ...begun(reading)], longest)}…`;
}

/** Replaces these secrets, however they are escaped (docs/security.md, rule 39). The text may be UTF-8 read as Latin-1. */
export function withoutThese(text: string, secrets: readonly string[]): string {
  return without(text, (reading) => spansOf(secrets, reading));
}

/** From where to where a secret goes. */
type Span = readonly [start: number, end: number];

/** @param shown how much of the text; a secret that begins in it is found whole all the same */
function without(
  text: string,
  find: (reading: Reading['text']) => readonly Span[],
  shown: number = text.length,
): string {
  const spans = readingsOf(text).flatMap((reading) =>
    find(reading.text).map(([start, end]): Span => [reading.origins[start] ?? 0, reading.origins[end] ?? 0]),
  );
  const parts: string[] = [];
  let [kept, hidden] = [0, -1];
  for (const [start, end] of spans.toSorted(([a], [b]) => a - b)) {
    if (start >= shown) break;
    // What begins within another secret is part of it.
    if (start >= hidden) parts.push(text.slice(kept, start), redacted);
    hidden = Math.max(hidden, end);
    kept = hidden;
  }
  return parts.join('') + text.slice(kept, shown);
}

function spansOf(secrets: readonly string[], text: string): readonly Span[] {
  return secrets.flatMap(formsOf).flatMap((form) => {
    const spans: Span[] = [];
    for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + form.length)) {
      spans.push([at, at + form.length]);
    }
    return spans;
  });
}

/** A cut in the middle of an escape, and of one within it, spoils no more than so many characters at the end of a reading. */
const spoilt = 128;

/**
 * Secrets of which the text has the beginning only, because it was cut. One that begins among the spoilt characters begins
 * beyond what is shown.
 */
function beginningsAtEnd(secrets: readonly string[], text: string): readonly Span[] {
  const end = text.length - spoilt;
  return secrets.flatMap(formsOf).flatMap((form) => {
    for (let start = Math.max(0, end - form.length + 1); start < end; start++) {
      if (text[start] === form[0] && form.startsWith(text.slice(start, end))) return [[start, text.length] as const];
    }
    return [];
  });
}

/**
 * What a secret is in a reading: itself, itself unescaped (for it may hold what looks like an escape), with the plus signs
 * that forms have for blanks, and as the bytes that URLs escape.
 */
function formsOf(secret: string): readonly string[] {
  const texts = readingsOf(secret).map(({ text }) => text);
  const spelled = texts.flatMap((text) => [text, text.replaceAll(' ', '+')]);
  const forms = new Set(spelled.flatMap((text) => [text, Buffer.from(text).toString('latin1')]));
  return [...forms].filter((form) => form.length >= shortest);
}

function spansByShape(text: string): readonly Span[] {
  return rules.flatMap((rule) =>
    [...text.matchAll(rule)].map(
      ({ 0: whole, 1: name = '', index }): Span => [index + name.length, index + whole.length],
    ),
  );
}
