import {
  createPrompt,
  isDownKey,
  isEnterKey,
  isUpKey,
  makeTheme,
  useEffect,
  useKeypress,
  usePrefix,
  useRef,
  useState,
} from '@inquirer/core';
import type { Choice } from '../runtime.ts';

const hiddenCursor = '\u001b[?25l';
const goBack = '<';

interface ChoiceQuestion extends Choice<unknown> {
  readonly theme?: Parameters<typeof makeTheme>[number];
}

/**
 * An inquirer prompt for one of a few choices. A key counts only alone: inquirer's own list takes the digits of a pasted ID for
 * keys that move, and the line end after it for Enter.
 */
export const choicePrompt = createPrompt<unknown, ChoiceQuestion>((question, done) => {
  const { message, choices, back } = question;
  const theme = makeTheme({}, question.theme);
  const [active, setActive] = useState(
    Math.max(
      0,
      choices.findIndex(({ value }) => value === question.default),
    ),
  );
  const [answer, setAnswer] = useState<string | undefined>(undefined);
  const [refused, setRefused] = useState(false);
  const pasted = useRef(false);
  const prefix = usePrefix({ status: answer === undefined ? 'idle' : 'done', theme });
  useEffect(({ input }) => {
    const look = (typed: Buffer) => {
      pasted.current = severalCharacters(String(typed));
    };
    // Before readline makes keys of them.
    input.prependListener('data', look);
    return () => void input.removeListener('data', look);
  }, []);
  useKeypress((key, line) => {
    const typed = line.line;
    line.clearLine(0);
    if (answer !== undefined) return;
    setRefused(pasted.current);
    if (pasted.current) return;
    if (isEnterKey(key)) {
      const chosen = choices[active];
      // Who has pasted something presses Enter next, and does not mean what is marked.
      if (refused || !chosen) return;
      setAnswer(chosen.name);
      done(chosen.value);
    } else if (typed === goBack && back !== undefined) {
      setAnswer(goBack);
      done(back);
    } else if (isUpKey(key) || isDownKey(key)) {
      setActive((active + (isUpKey(key) ? choices.length - 1 : 1)) % choices.length);
    } else {
      const named = /^[1-9]$/.test(typed) ? Number(typed) - 1 : beginningWith(typed, choices);
      if (choices[named]) setActive(named);
    }
  });
  const asked = `${prefix} ${theme.style.message(message, answer === undefined ? 'idle' : 'done')}`;
  if (answer !== undefined) return `${asked} ${theme.style.answer(answer)}`;
  return [
    asked,
    ...choices.map(({ name }, index) => (index === active ? theme.style.highlight(`❯ ${name}`) : `  ${name}`)),
    refused
      ? theme.style.error('That looks like an ID, not a choice: use ↑ ↓, then Enter.')
      : theme.style.help(`↑↓ and Enter${back === undefined ? '' : `, ${goBack} goes back`}`),
  ]
    .join('\n')
    .concat(hiddenCursor);
});

/** Whether more than one key's worth has come at once: pasted, not pressed. Arrow keys come as escape sequences. */
function severalCharacters(typed: string): boolean {
  const keys = typed.replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|O.)/g, '').replace(/\p{Cc}/gu, '');
  return [...keys].length > 1;
}

function beginningWith(typed: string, choices: Choice<unknown>['choices']): number {
  return typed === '' ? -1 : choices.findIndex(({ name }) => name.toLowerCase().startsWith(typed.toLowerCase()));
}
