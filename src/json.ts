/** A JSON object from outside: every member is `unknown` until one of the functions below has looked at it. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What the text says in JSON; `undefined`, which no JSON says, where it is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The object that the text is in JSON; `undefined` where it is none. */
export function parsedObject(text: string): JsonObject | undefined {
  const value = parsedJson(text);
  return isJsonObject(value) ? value : undefined;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** Whether a member is absent or, where it is there, what `is` says. */
export function isAbsentOr<T>(value: unknown, is: (value: unknown) => value is T): value is T | undefined {
  return value === undefined || is(value);
}

/** The object below `key`; an empty one where there is none, so that reading goes on. */
export function objectIn(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isJsonObject(value) ? value : {};
}

/** A text that is not empty. */
export function textIn(object: JsonObject, key: string): string | undefined {
  const value = object[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A whole number from 0 on that a double holds exactly. */
export function countIn(object: JsonObject, key: string): number | undefined {
  const value = object[key];
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}

export function flagIn(object: JsonObject, key: string): boolean | undefined {
  const value = object[key];
  return typeof value === 'boolean' ? value : undefined;
}

/** Milliseconds since the epoch of an ISO 8601 text, PingOne's form for moments. */
export function momentIn(object: JsonObject, key: string): number | undefined {
  const text = textIn(object, key);
  const at = text && /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
