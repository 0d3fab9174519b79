const redacted = '[redacted]';

/** JSON members, form fields and query parameters whose values grant something. */
const secretName =
  '(?:access_token|refresh_token|id_token|id_token_hint|code|device_code|user_code|code_verifier|client_secret|client_assertion|assertion|token|password|currentPassword|newPassword|value|recoveryCode|secret|passphrase|nonce|state|ST)';

/** Each rule keeps its first group and replaces what follows. */
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

/** Stands in front of warnings, errors and traces (docs/security.md, rule 30). Replaces secrets known by name or by shape, and those given. */
export function redact(text: string, known: Iterable<string> = []): string {
  let safe = text.length > longest ? `${text.slice(0, longest)}…` : text;
  for (const secret of known) {
    if (secret.length >= 4) safe = safe.replaceAll(secret, redacted);
  }
  return rules.reduce((rest, rule) => rest.replace(rule, `$1${redacted}`), safe);
}
