/**
 * What an answer must look like. An object: these members, whatever else there is, and `undefined` for one that must not
 * be there. An array: these items in this order. A pattern: a text that it matches. A type: a value of it. A function: a
 * value that it is true of. Anything else: that value.
 */
export type Shape = unknown;

/** Says where a value is not as it must be; nothing where it is. */
export function differences(shape: Shape, actual: unknown, at = ''): readonly string[] {
  const wrong = (wanted: string) => [`${at || 'it'} is ${told(actual)}, not ${wanted}`];
  const type = types.get(shape);
  if (type !== undefined) return typeof actual === type ? [] : wrong(`a ${type}`);
  if (typeof shape === 'function') return shape(actual) ? [] : wrong(shape.name || 'as it must be');
  if (shape instanceof RegExp) return typeof actual === 'string' && shape.test(actual) ? [] : wrong(String(shape));
  if (Array.isArray(shape)) {
    if (!Array.isArray(actual) || actual.length !== shape.length) return wrong(told(shape));
    return shape.flatMap((item, index) => differences(item, actual[index], `${at}[${index}]`));
  }
  if (isObject(shape)) {
    if (!isObject(actual)) return wrong(told(shape));
    return Object.entries(shape).flatMap(([name, member]) =>
      differences(member, Object.hasOwn(actual, name) ? actual[name] : undefined, at ? `${at}.${name}` : name),
    );
  }
  return Object.is(shape, actual) ? [] : wrong(told(shape));
}

const types: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [String, 'string'],
  [Number, 'number'],
  [Boolean, 'boolean'],
]);

/** What a condition is called where a value does not meet it. */
export function called(words: string, condition: (actual: unknown) => boolean) {
  return Object.defineProperty((actual: unknown) => condition(actual), 'name', { value: words });
}

/** An object of these members, in this order, and no others. */
export function membersInOrder(...names: readonly string[]) {
  return called(
    `of the members ${names}, in this order`,
    (actual) => isObject(actual) && `${Object.keys(actual)}` === `${names}`,
  );
}

/** A list that has these among its items, in any order. */
export function listWith(...items: readonly unknown[]) {
  return called(
    `a list with ${items.join(', ')}`,
    (actual) => Array.isArray(actual) && items.every((item) => actual.includes(item)),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function told(value: unknown): string {
  if (value === undefined) return 'absent';
  const text = JSON.stringify(value, (_, member) =>
    typeof member === 'function' || member instanceof RegExp ? String(member) : member,
  );
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

export const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
export const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
