import { type Reading, readingsOf } from './readings.ts';

const redacted = '[redacted]';

/** JSON members, form fields and query parameters whose values grant something. */
const secretName =
  '(?:access_token|refresh_token|id_token|id_token_hint|code|device_code|user_code|code_verifier|client_secret|client_assertion|assertion|token|password|currentPassword|newPassword|value|recoveryCode|secret|passphrase|nonce|state|ST)';

/** Each rule keeps its first group, and what follows is a secret. */
const rules: readonly RegExp[] = [
  // JWTs, wherever they stand. Only the signature part is optional: `alg: none` tokens are secrets too.
  /()\beyJ[\w-]{4,8192}\.[\w-]*(?:\.[\w-]*)*/g,
  /(\b(?:authorization|proxy-authorization|cookie|set-cookie)["']?\s*[:=]\s*["']?)[^\r\n"']+/gi,
  /(\b(?:Basic|Bearer|DPoP)\s+)[\w.~+/=-]{6,}/gi,
  new RegExp(`(["']${secretName}["']\\s*:\\s*)(?:"(?:[^"\\\\]|\\\\.)*"|'(?:[^'\\\\]|\\\\.)*')`, 'g'),
  new RegExp(`((?:^|[?&#;\\s"'])${secretName}=)[^&\\s"'<>#;]+`, 'g'),
  // user:password@ in a proxy URL
  /(\b[a-z][a-z0-9+.-]{0,32}:\/\/)[^\s/@:]+:[^\s/@]+@/gi,
  /(-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
];

/** Nobody reads more of a message. The rules would be busy for a minute with a megabyte that a server sent. */
const longest = 64 * 1024;

/** Shorter ones would be found in words by chance. */
const shortest = 4;

/** Stands in front of warnings, errors and traces (docs/security.md, rule 30). Replaces secrets known by name or by shape, and those given. */
export function redact(text: string, known: Iterable<string> = []): string {
  const read = text.length > longest ? `${text.slice(0, longest)}…` : text;
  const secrets = [...known].filter((secret) => secret.length >= shortest);
  return without(read, (reading) => [...spansOf(secrets, reading), ...spansByShape(reading)]);
}

/** Replaces these secrets, however they are escaped (docs/security.md, rule 39). The text may be UTF-8 read as Latin-1. */
export function withoutThese(text: string, secrets: readonly string[]): string {
  return without(text, (reading) => spansOf(secrets, reading));
}

/** From where to where a secret goes. */
type Span = readonly [start: number, end: number];

function without(text: string, find: (reading: Reading['text']) => readonly Span[]): string {
  const spans = readingsOf(text).flatMap((reading) =>
    find(reading.text).map(([start, end]): Span => [reading.origins[start] ?? 0, reading.origins[end] ?? 0]),
  );
  if (spans.length === 0) return text;
  const parts: string[] = [];
  let [kept, hidden] = [0, -1];
  for (const [start, end] of spans.toSorted(([a], [b]) => a - b)) {
    // What begins within another secret is part of it.
    if (start >= hidden) parts.push(text.slice(kept, start), redacted);
    hidden = Math.max(hidden, end);
    kept = hidden;
  }
  return parts.join('') + text.slice(kept);
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
