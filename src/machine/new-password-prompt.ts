import { createPrompt, isEnterKey, makeTheme, useKeypress, usePrefix, useState } from '@inquirer/core';
import { wrapAnsi } from 'fast-wrap-ansi';
import type { NewPasswordQuestion, OutputStream } from '../runtime.ts';

interface RoomyQuestion extends NewPasswordQuestion {
  /** The terminal that it is asked on. */
  readonly page: Pick<OutputStream, 'columns' | 'rows'>;
}

/** Where the cursor stands would tell the answer's length. inquirer shows it again when the question is done. */
const hiddenCursor = '\u001b[?25l';

/**
 * An inquirer prompt for a new password: the answer is never shown, not even its length; below it stand the rules,
 * told anew at every key. Enter is taken once all of them are met; until then the answer stays and can be mended.
 */
export const newPasswordPrompt = createPrompt<string, RoomyQuestion>(({ message, rules, page }, done) => {
  const theme = makeTheme({});
  const [answer, setAnswer] = useState('');
  const [status, setStatus] = useState<'idle' | 'done'>('idle');
  const [refused, setRefused] = useState(false);
  const prefix = usePrefix({ status, theme });
  const told = rules(answer);
  useKeypress((key, line) => {
    if (status !== 'idle') return;
    if (!isEnterKey(key)) {
      setRefused(false);
      setAnswer(line.line);
      return;
    }
    if (rules(answer).every(({ met }) => met)) {
      setStatus('done');
      done(answer);
      return;
    }
    setRefused(true);
    // Enter has emptied readline's line: put it back, so that the person goes on from there.
    line.write(answer);
  });
  const asked = `${prefix} ${theme.style.message(message, status)}`;
  if (status === 'done') return asked;
  const refusal = 'Not all rules are met yet. Go on typing; Ctrl-U starts over.';
  const lines = [...listed(told, page), ...(refused ? broken(theme.style.error(refusal), page) : [])];
  return [`${asked} ${theme.style.help('[nothing is shown]')}${hiddenCursor}`, lines.join('\n')];
});

/** The question, a refusal in two rows, and one for the line end. */
const rowsOfOthers = 4;

/** What is higher than the terminal could not be written over: then the rules that are still unmet come alone, as many as fit. */
function listed(told: ReturnType<NewPasswordQuestion['rules']>, page: RoomyQuestion['page']): readonly string[] {
  const rows = (rules: typeof told) => rules.flatMap(({ text }) => broken(`  ${text}`, page));
  const room = (page.rows || 24) - rowsOfOthers;
  const all = rows(told);
  if (all.length <= room) return all;
  const unmet = rows(told.filter(({ met }) => !met));
  return unmet.length <= room ? unmet : [...unmet.slice(0, Math.max(0, room - 1)), '  …'];
}

/** inquirer breaks lines anywhere: they are broken between words, and go on where their text begins. */
function broken(line: string, { columns }: RoomyQuestion['page']): readonly string[] {
  const indent = '    ';
  return wrapAnsi(line, (columns || 80) - indent.length, { trim: false })
    .split('\n')
    .map((part, index) => (index === 0 ? part : indent + part.trimStart()));
}
