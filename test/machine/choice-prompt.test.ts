import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { choicePrompt } from '../../src/machine/choice-prompt.ts';

const enter = '\r';
const down = '\u001b[B';
const up = '\u001b[A';
const id = '2f345678-89ab-4def-8123-456789abcdef';

const choices = ['North America', 'Canada', 'Europe'].map((name) => ({ name, value: name }));

/** Presses the keys, each string arriving at once, and tells what was chosen and what was shown. */
async function chosen(keys: readonly string[], over: { default?: string; back?: string } = {}) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const answer = choicePrompt({ message: 'Region:', choices, ...over }, { input, output });
  for (const key of keys) {
    input.write(key);
    await turn();
  }
  const value = await answer;
  return { value, text: stripVTControlCharacters(String(output.read())) };
}

describe('a choice', () => {
  it.each<[string, string[], string]>([
    ['Enter takes the first', [enter], 'North America'],
    ['arrows move', [down, down, enter], 'Europe'],
    ['and go round', [up, enter], 'Europe'],
    ['arrows that arrive together are keys all the same', [down + down + enter], 'Europe'],
    ['a number moves', ['2', enter], 'Canada'],
    ['a letter moves', ['e', enter], 'Europe'],
  ])('%s', async (_, keys, value) => {
    expect((await chosen(keys)).value).toBe(value);
  });

  it('begins where it is told to', async () => {
    expect((await chosen([enter], { default: 'Canada' })).value).toBe('Canada');
  });

  it('goes back at < where there is a way back, and says so', async () => {
    expect(await chosen(['<'], { back: 'back' })).toMatchObject({
      value: 'back',
      text: expect.stringContaining('< goes back'),
    });
    const { value, text } = await chosen(['<', enter]);
    expect({ value, text }).toEqual({ value: 'North America', text: expect.not.stringContaining('goes back') });
  });

  it.each([
    ['an ID', [id]],
    ['an ID with its line end', [id + enter]],
    ['an ID and the Enter after it', [id, enter]],
    ['an ID in brackets', [`\u001b[200~${id}\u001b[201~`, enter]],
  ])('is not made by pasting %s, and says why', async (_, pasted) => {
    const { value, text } = await chosen([...pasted, down, enter]);
    expect({ value, text }).toEqual({
      value: 'Canada',
      text: expect.stringContaining('looks like an ID, not a choice'),
    });
  });

  it('can be what is marked, by a second Enter after something pasted', async () => {
    expect((await chosen([id, enter, enter])).value).toBe('North America');
  });
});
