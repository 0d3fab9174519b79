import { createPrompt, isEnterKey, makeTheme, useKeypress, usePrefix, useState } from '@inquirer/core';
import type { NewPasswordQuestion } from '../runtime.ts';

/** Where the cursor stands would tell the answer's length. inquirer shows it again when the question is done. */
const hiddenCursor = '\u001b[?25l';

/**
 * An inquirer prompt for a new password: the answer is never shown, not even its length; below it stand the rules,
 * told anew at every key. Enter is taken once all of them are met; until then the answer stays and can be mended.
 */
export const newPasswordPrompt = createPrompt<string, NewPasswordQuestion>(({ message, rules }, done) => {
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
  const lines = told.map(({ text }) => `  ${text}`);
  if (refused) lines.push(theme.style.error('Not all rules are met yet. Go on typing, or begin again with Ctrl-U.'));
  return [`${asked} ${theme.style.help('[nothing is shown]')}${hiddenCursor}`, lines.join('\n')];
});
