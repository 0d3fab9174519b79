/** Form fields whose values grant something. */
const secretFields: ReadonlySet<string> = new Set([
  'assertion',
  'client_assertion',
  'client_secret',
  'code',
  'code_verifier',
  'device_code',
  'refresh_token',
  'token',
]);

/** Shorter ones would be found in words by chance, and keep nobody out anyway. */
const shortest = 8;

/**
 * Takes the secrets of its own request out of a refusal: some servers repeat them ("the token … is unknown"). PingOne's
 * refresh tokens look like any other word, so the redactor could not tell them by their form (docs/security.md, rule 30).
 */
export function withoutEcho(
  { headers, body }: { readonly headers: Headers; readonly body: Buffer<ArrayBuffer> },
  request: RequestInit,
): { readonly headers: Headers; readonly body: Buffer<ArrayBuffer> } {
  const secrets = secretsIn(request);
  const silenced = (text: string) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text);
  // Byte by byte, so that nothing else changes, whatever encoding it is in.
  const text = silenced(body.toString('latin1'));
  return {
    headers: new Headers([...headers].map(([name, value]) => [name, silenced(value)] as [string, string])),
    body: Buffer.from(text, 'latin1'),
  };
}

function secretsIn({ headers, body }: RequestInit): readonly string[] {
  const [, credentials = ''] = new Headers(headers).get('authorization')?.split(' ') ?? [];
  const form = typeof body === 'string' || body instanceof URLSearchParams ? new URLSearchParams(body) : [];
  const fields = [...form].flatMap(([name, value]) => (secretFields.has(name) ? [value, formEncoded(value)] : []));
  return [credentials, ...fields]
    .filter((secret) => secret.length >= shortest)
    .map((secret) => Buffer.from(secret).toString('latin1'));
}

function formEncoded(value: string): string {
  return new URLSearchParams([['', value]]).toString().slice(1);
}
