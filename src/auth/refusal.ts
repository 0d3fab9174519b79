/** An OAuth error, or PingOne's platform error, as read from an answer. */
export interface Refusal {
  readonly code: string;
  readonly description: string;
  readonly correlationId?: string | undefined;
}

/** Nobody reads more, and a pattern may take the square of the length in time. */
const longestDescription = 4096;

/** Parts a description from its correlation ID: PingOne's end in ` (Correlation ID: …)` (docs/pingone.md, section 4.6). */
export function described(text: string | undefined, response?: Response): Omit<Refusal, 'code'> {
  const whole = (text ?? '').slice(0, longestDescription).trim();
  const embedded = /\(Correlation ID:\s*([^)\s]+)\s*\)$/i.exec(whole);
  return {
    description: embedded ? whole.slice(0, embedded.index).trimEnd() : whole,
    correlationId: embedded?.[1] ?? response?.headers.get('correlation-id') ?? undefined,
  };
}

/**
 * Reads either of PingOne's two grammars: the OAuth pair or the platform's error object
 * (docs/pingone.md, sections 4.6 and 8).
 */
export async function refusalIn(response: Response): Promise<Refusal | undefined> {
  if (response.bodyUsed) return undefined;
  const json: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  if (typeof json !== 'object' || json === null) return undefined;
  const { error, error_description, id, code, message, details } = json as Record<string, unknown>;
  if (typeof error === 'string') return { code: error, ...described(textOf(error_description), response) };
  if (typeof code !== 'string') return undefined;
  const [detail] = Array.isArray(details) ? (details as readonly Record<string, unknown>[]) : [];
  const precise = textOf(detail?.['code']) ?? code;
  return {
    code: precise === 'INVALID_TOKEN' ? 'invalid_token' : precise,
    description: textOf(detail?.['message']) ?? textOf(message) ?? '',
    correlationId: response.headers.get('correlation-id') ?? textOf(id),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
