import { describe, expect, it } from 'vitest';
import { ping14c, spelled, wording } from '../src/wording.ts';

describe('a text that names a command', () => {
  it.each([
    ['login', '"ping14c -P work login"'],
    ['login --device', '"ping14c -P work login --device"'],
    ['config set client-secret', '"ping14c -P work config set client-secret"'],
    ['login -P other', '"ping14c login -P other"'],
    ['init -P other', '"ping14c init -P other"'],
    ['logout --all', '"ping14c logout --all"'],
    ['sandbox', '"ping14c sandbox"'],
    ['trust --remove', '"ping14c trust --remove"'],
  ])('names %j so that it works for whoever typed -P work', (line, typed) => {
    expect(spelled(wording`Run ${ping14c(line)}.`, ['-P work'])).toBe(`Run ${typed}.`);
  });

  it('stands as it is where nothing was typed', () => {
    expect(spelled(wording`Run ${ping14c('login')}, ${2} times.`)).toBe('Run "ping14c login", 2 times.');
  });

  it('may hold another one, and words in quotes that are no command', () => {
    const inner = wording`Say "ping14c login" or ${ping14c('whoami')}.`;
    expect(spelled(wording`${inner} ${undefined}Then ${ping14c('token')}.`, ['-P w'])).toBe(
      'Say "ping14c login" or "ping14c -P w whoami". Then "ping14c -P w token".',
    );
  });
});
