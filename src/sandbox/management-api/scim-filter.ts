/** A filter in the part of SCIM's language that PingOne documents (RFC 7644, section 3.4.2.2). */
export type ScimFilter =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly ScimFilter[] }
  | {
      readonly kind: 'comparison';
      /** The attribute, e.g. `name.given`; `memberOfGroups[id eq "…"]` is read as `memberOfGroups.id eq "…"`. */
      readonly path: string;
      readonly operator: Operator;
      readonly value: string | boolean | number;
    };

type Operator = keyof typeof operators;

/** Letters count without case, as they do for PingOne's user names. */
const operators = {
  eq: (own: string, wanted: string) => own === wanted,
  sw: (own: string, wanted: string) => own.startsWith(wanted),
  ew: (own: string, wanted: string) => own.endsWith(wanted),
  co: (own: string, wanted: string) => own.includes(wanted),
} as const;

/** Reads a filter; `undefined` where the text is none. Operators are read in any case, attributes as they are written. */
export function parsedFilter(text: string): ScimFilter | undefined {
  const tokens = tokensOf(text);
  if (!tokens) return undefined;
  const reader = new FilterReader(tokens);
  const filter = reader.alternatives(0);
  return reader.isAtEnd ? filter : undefined;
}

/** Lists the attributes that a filter asks about. */
export function pathsOf(filter: ScimFilter): readonly string[] {
  return filter.kind === 'comparison' ? [filter.path] : filter.parts.flatMap(pathsOf);
}

/** @param valuesOf all that a path leads to; none where the attribute is unset */
export function matchesFilter(filter: ScimFilter, valuesOf: (path: string) => readonly unknown[]): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.parts.every((part) => matchesFilter(part, valuesOf));
    case 'or':
      return filter.parts.some((part) => matchesFilter(part, valuesOf));
    case 'comparison': {
      const wanted = String(filter.value).toLowerCase();
      const compare = operators[filter.operator];
      return valuesOf(filter.path).some((own) => compare(String(own).toLowerCase(), wanted));
    }
    default:
      return filter satisfies never;
  }
}

/** Nobody nests deeper by hand, and a parser that recurses has to stop somewhere. */
const deepestLevel = 20;

function tokensOf(text: string): readonly string[] | undefined {
  const token = /\s*([()[\]]|"(?:[^"\\]|\\.)*"|[^\s()[\]"]+)\s*/y;
  const tokens: string[] = [];
  while (token.lastIndex < text.length) {
    const [, found] = token.exec(text) ?? [];
    if (found === undefined) return undefined;
    tokens.push(found);
  }
  return tokens;
}

/** Reads tokens from left to right; each method gives `undefined` where what it looks for is not there. */
class FilterReader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  /** `and` binds closer than `or`. */
  alternatives(level: number): ScimFilter | undefined {
    return this.#joined('or', () => this.#joined('and', () => this.#term(level)));
  }

  #joined(kind: 'and' | 'or', read: () => ScimFilter | undefined): ScimFilter | undefined {
    const parts: ScimFilter[] = [];
    do {
      const part = read();
      if (!part) return undefined;
      parts.push(part);
    } while (this.#took(kind));
    return parts.length === 1 ? parts[0] : { kind, parts };
  }

  #term(level: number): ScimFilter | undefined {
    if (level > deepestLevel) return undefined;
    if (!this.#took('(')) return this.#comparison();
    const inner = this.alternatives(level + 1);
    return this.#took(')') ? inner : undefined;
  }

  #comparison(): ScimFilter | undefined {
    const path = this.#next();
    if (!this.#took('[')) return this.#compared(path);
    const inner = this.#compared(this.#next(), `${path}.`);
    return this.#took(']') ? inner : undefined;
  }

  #compared(path: string, within = ''): ScimFilter | undefined {
    const operator = this.#next().toLowerCase();
    const value = literal(this.#next());
    if (!/^[A-Za-z][\w.]*$/.test(path) || !isOperator(operator) || value === undefined) return undefined;
    return { kind: 'comparison', path: within + path, operator, value };
  }

  #next(): string {
    return this.#tokens[this.#at++] ?? '';
  }

  #took(wanted: string): boolean {
    if (this.#tokens[this.#at]?.toLowerCase() !== wanted) return false;
    this.#at += 1;
    return true;
  }
}

/** A text, a number, true or false, as JSON writes them. */
function literal(token: string): string | number | boolean | undefined {
  try {
    const value: unknown = JSON.parse(token);
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
  } catch {
    return undefined;
  }
}

function isOperator(word: string): word is Operator {
  return Object.hasOwn(operators, word);
}
