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
export function pythonAssignments(file: string): readonly Assignment[] {
  // Python reads a line end so, whichever it is.
  const text = file.replaceAll('\r\n', '\n');
  const found: Assignment[] = [];
  let [from, line] = [0, 1];
  const passRow = (at: number) => {
    const end = at + matched(row, text, at).length;
    line += text.slice(from, end).split('\n').length;
    from = end + 1;
  };
  while (from < text.length) {
    const first = matched(row, text, from);
    const [start, key] = /^\s*([A-Za-z_]+)\s*[=:]/.exec(first) ?? [];
    if (/^\s*(?:[#;]|\[.*\]|$)/.test(first)) {
      passRow(from);
    } else if (start === undefined || key === undefined) {
      found.push({ line, value: { kind: 'text', text: first } });
      passRow(from);
    } else {
      const { value, end } = valueAt(text, from + start.length);
      found.push({ line, key: key.toUpperCase(), value });
      passRow(end);
      // The rest of what was not understood would be no more than noise.
      while (value.kind === 'unclear' && continues(matched(row, text, from))) passRow(from);
    }
  }
  return found;
}

/** What the expression finds at this very place. Each one here has a single way to match a text. */
function matched(expression: RegExp, text: string, at: number): string {
  expression.lastIndex = at;
  return expression.exec(text)?.[0] ?? '';
}

const row = /[^\n]*/y;
const blanks = /(?:[^\S\n]|\\\n)*/y;
const blanksAndLines = /(?:\s|\\\n|#[^\n]*)*/y;
const assignment = /[A-Z_]+[^\S\n]*=/y;
/** In Python's notation; in an INI file's, a semicolon begins a comment. */
const nextStatement = /;[^\S\n]*[A-Z_]+[^\S\n]*=/y;
const quotes = /'''|"""|'|"/y;
const bareWord = /\w[\w:./-]*/y;
/** Up to the quotes of this kind, which a backslash in front makes part of the text. */
const bodies: Readonly<Record<string, RegExp>> = {
  "'": /(?:\\.|[^'\\\n])*/sy,
  '"': /(?:\\.|[^"\\\n])*/sy,
  "'''": /(?:\\.|(?!''')[^\\])*/sy,
  '"""': /(?:\\.|(?!""")[^\\])*/sy,
};
const closers: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}' };

/** What a backslash makes another character of ("Escape sequences" in Python's language reference), but for quotes and itself. */
const knownEscapes = 'abfnrtvxuUN01234567';

const openQuote = 'has an opening quote and no closing one';
const more = 'is not just a text or a list of texts';

function continues(line: string): boolean {
  return /^(?:\s+\S|[\])}'"])/.test(line) && !/^\s*[A-Z_]+\s*=/.test(line);
}

function unclear(why: string, end: number): Read {
  return { value: { kind: 'unclear', why }, end };
}

function valueAt(text: string, from: number): Read {
  const start = from + matched(blanks, text, from).length;
  const bare = matched(row, text, start);
  // Two braces are the placeholder of a template.
  if (/^(?:['"[(]|\{(?!\{))/.test(bare)) return literalAt(text, start);
  const end = start + bare.length;
  const word = bare.replace(/(?<!\s)\s+[#;].*$/s, '').trim();
  // A call, a subscript, a text of another kind such as f'…': it would have to be executed.
  return /['"()[\]]/.test(word) ? unclear(more, end) : { value: { kind: 'text', text: word }, end };
}

/** Texts one behind the other, or texts and bare words in brackets: a list, a tuple or a set. */
function literalAt(text: string, start: number): Read {
  const closer = closers[text[start] ?? ''];
  const members: string[][] = [[]];
  let at = closer ? start + 1 : start;
  for (;;) {
    at += matched(closer ? blanksAndLines : blanks, text, at).length;
    const quote = matched(quotes, text, at);
    if (closer && text[at] === closer) break;
    // A line that assigns something shows that the bracket before it was forgotten.
    if (closer && (at >= text.length || matched(assignment, text, at))) {
      return unclear('has an opening bracket and no closing one', at - 1);
    }
    if (closer && text[at] === ',') {
      members.push([]);
      at += 1;
    } else if (quote) {
      const body = matched(bodies[quote] ?? row, text, at + quote.length);
      at += quote.length + body.length;
      if (!text.startsWith(quote, at)) return unclear(openQuote, at);
      // An escape that Python does not know stands for itself.
      if ([...body.matchAll(/\\(.)/gs)].some(([, letter = '']) => knownEscapes.includes(letter))) {
        return unclear('has an escape such as \\n or \\x41, which ping14c does not read', at);
      }
      members.at(-1)?.push(body.replace(/\\(?:\n|([\\'"]))/g, '$1'));
      at += quote.length;
    } else if (closer) {
      const word = matched(bareWord, text, at);
      if (!word) return unclear(more, at);
      members.at(-1)?.push(word);
      at += word.length;
    } else break;
  }
  const end = closer ? at + 1 + matched(blanks, text, at + 1).length : at;
  const ends = ['\n', '#', ';', ''].includes(text[end] ?? '') && !matched(nextStatement, text, end);
  if (!ends) return unclear(more, end);
  // Parentheses without a comma only hold a text together.
  if (!closer || (closer === ')' && members.length === 1)) {
    return { value: { kind: 'text', text: members.flat().join('') }, end };
  }
  // The comma behind the last one is allowed.
  const named = members.at(-1)?.length === 0 ? members.slice(0, -1) : members;
  if (named.every(({ length }) => length === 1)) return { value: { kind: 'list', members: named.flat() }, end };
  return unclear('has a comma too few or too many', end);
}
