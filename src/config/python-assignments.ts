/**
 * One assignment of a file in Python's notation, as Flask's `config.from_pyfile` executes it, or a line that is none. Nothing is
 * executed here: texts and lists of texts are read ("Lexical analysis" in Python's language reference), and a bare word
 * is taken as it stands, as in an INI file.
 */
export interface Assignment {
  /** Counted from 1. */
  readonly line: number;
  /** In capital letters; absent where the line assigns nothing. */
  readonly key?: string;
  readonly value: PythonValue;
}

export type PythonValue =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly members: readonly string[] }
  /** In words that follow "the value of …". */
  | { readonly kind: 'unclear'; readonly why: string };

interface Read {
  readonly value: PythonValue;
  /** Where reading ended: what follows in that line belongs to the value as well. */
  readonly end: number;
}

/** Everything between comments, sections and empty lines. It looks at each character a few times only (docs/security.md, rule 36). */
export function pythonAssignments(text: string): readonly Assignment[] {
  const found: Assignment[] = [];
  let [from, line] = [0, 1];
  const next = (end: number) => {
    line += text.slice(from, end).split('\n').length;
    from = end + 1;
  };
  while (from < text.length) {
    const row = rowAt(text, from);
    const [start, key] = /^\s*([A-Za-z_]+)\s*[=:]/.exec(row) ?? [];
    if (/^\s*(?:[#;]|\[.*\]|$)/.test(row)) {
      next(from + row.length);
    } else if (start === undefined || key === undefined) {
      found.push({ line, value: { kind: 'text', text: row } });
      next(from + row.length);
    } else {
      const { value, end } = valueAt(text, from + start.length);
      found.push({ line, key: key.toUpperCase(), value });
      next(rowEnd(text, end));
      // The rest of what was not understood would be no more than noise.
      while (value.kind === 'unclear' && from < text.length && continues(rowAt(text, from))) {
        next(rowEnd(text, from));
      }
    }
  }
  return found;
}

function rowEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function rowAt(text: string, from: number): string {
  return text.slice(from, rowEnd(text, from)).replace(/\r$/, '');
}

function continues(row: string): boolean {
  return /^(?:[^\S\n]+\S|[\])}'"])/.test(row) && !assignmentStart.test(row);
}

const assignmentStart = /^[^\S\n]*[A-Z_]+[^\S\n]*=/;

const closers: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}' };

function valueAt(text: string, from: number): Read {
  const start = afterBlanks(text, from);
  const first = text[start] ?? '';
  // Two braces are the placeholder of a template.
  if (closers[first] !== undefined && !text.startsWith('{{', start)) return bracketed(text, start, closers[first]);
  if (isQuote(first)) return adjacentTexts(text, start);
  const row = rowAt(text, start);
  const end = start + row.length;
  if (/^[A-Za-z]{1,2}['"]/.test(row)) return unclear('is more than a text or a list of texts', end);
  return { value: { kind: 'text', text: row.replace(/(?<!\s)\s+[#;].*$/s, '').trim() }, end };
}

function unclear(why: string, end: number): Read {
  return { value: { kind: 'unclear', why }, end };
}

const isQuote = (character: string) => character === "'" || character === '"';

/** Blanks, and a line end behind a backslash. */
function afterBlanks(text: string, from: number): number {
  let at = from;
  for (;;) {
    if (/[^\S\n]/.test(text[at] ?? '')) at += 1;
    else if (text.startsWith('\\\n', at)) at += 2;
    else if (text.startsWith('\\\r\n', at)) at += 3;
    else return at;
  }
}

/** Texts one behind the other are one text. */
function adjacentTexts(text: string, start: number): Read {
  let [whole, at] = ['', start];
  while (isQuote(text[at] ?? '')) {
    const literal = textAt(text, at);
    if (literal.text === undefined) return unclear(openQuote, literal.end);
    whole += literal.text;
    at = afterBlanks(text, literal.end);
  }
  return endsAt(text, at) ? { value: { kind: 'text', text: whole }, end: at } : unclear(more, at);
}

const openQuote = 'has an opening quote and no closing one';
const openBracket = 'has an opening bracket and no closing one';
const more = 'is more than a text or a list of texts';

/** Whether nothing but a comment follows in the line. */
function endsAt(text: string, at: number): boolean {
  return ['\n', '#', ';', ''].includes(text[at] ?? '');
}

/** A text in one or three quotes; it is absent where it has no end. */
function textAt(text: string, start: number): { readonly text: string | undefined; readonly end: number } {
  const one = text[start] ?? '';
  const quote = text.startsWith(one.repeat(3), start) ? one.repeat(3) : one;
  const parts: string[] = [];
  for (let at = start + quote.length; at < text.length; ) {
    if (text.startsWith(quote, at)) return { text: parts.join(''), end: at + quote.length };
    if (text[at] === '\n' && quote === one) return { text: undefined, end: at };
    const lineEnd = ['\\\n', '\\\r\n'].find((end) => text.startsWith(end, at));
    const isEscape = lineEnd === undefined && text[at] === '\\';
    if (lineEnd === undefined) parts.push(text[at + (isEscape ? 1 : 0)] ?? '');
    at += lineEnd?.length ?? (isEscape ? 2 : 1);
  }
  return { text: undefined, end: text.length };
}

/** A list, a tuple or a set, of texts or bare words; parentheses without a comma only hold a text together. */
function bracketed(text: string, start: number, closer: string): Read {
  const members: string[][] = [[]];
  for (let at = afterLines(text, start + 1); ; at = afterLines(text, at)) {
    const character = text[at] ?? '';
    if (character === '' || startsAssignment(text, at)) return unclear(openBracket, Math.max(start, at - 1));
    if (character === closer) return closed(text, at + 1, members, closer);
    if (character === ',') {
      members.push([]);
      at += 1;
    } else if (isQuote(character)) {
      const literal = textAt(text, at);
      if (literal.text === undefined) return unclear(openQuote, literal.end);
      members.at(-1)?.push(literal.text);
      at = literal.end;
    } else {
      const word = wordAt(text, at);
      if (word === undefined) return unclear(more, at);
      members.at(-1)?.push(word);
      at += word.length;
    }
  }
}

function wordAt(text: string, at: number): string | undefined {
  const word = /\w[\w:./-]*/y;
  word.lastIndex = at;
  return word.exec(text)?.[0];
}

/** Whether a line begins here that assigns something: the bracket before it was forgotten. */
function startsAssignment(text: string, at: number): boolean {
  const start = /[A-Z_]+[^\S\n]*=/y;
  start.lastIndex = at;
  return start.test(text);
}

/** Blanks, line ends and comments, which mean nothing between brackets. */
function afterLines(text: string, from: number): number {
  let at = afterBlanks(text, from);
  while (text[at] === '\n' || text[at] === '#') at = afterBlanks(text, text[at] === '#' ? rowEnd(text, at) : at + 1);
  return at;
}

function closed(text: string, end: number, members: readonly (readonly string[])[], closer: string): Read {
  const at = afterBlanks(text, end);
  if (!endsAt(text, at)) return unclear(more, at);
  if (closer === ')' && members.length === 1)
    return { value: { kind: 'text', text: (members[0] ?? []).join('') }, end };
  // The comma behind the last one is allowed.
  const named = members.at(-1)?.length === 0 ? members.slice(0, -1) : members;
  if (named.some(({ length }) => length !== 1)) {
    return unclear('has two members without a comma between them, or none between two commas', at);
  }
  return { value: { kind: 'list', members: named.flat() }, end: at };
}
