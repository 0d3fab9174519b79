import { expect, it } from 'vitest';
import { linked } from '../../src/output/terminal-links.ts';

const address = 'https://auth.example/as/authorize?a=b';

it.each([
  [{ TERM: 'xterm-kitty' }],
  [{ TERM: 'xterm-256color', TERM_PROGRAM: 'iTerm.app' }],
  [{ TERM: 'xterm-256color', VTE_VERSION: '7600' }],
  [{ WT_SESSION: '1c2b' }],
])('is a link in %j', (env) => {
  expect(linked('the address', address, { env })).toBe(`\u001b]8;;${address}\u0007the address\u001b]8;;\u0007`);
});

it.each([
  [{ TERM: 'xterm-256color' }],
  [{ TERM: 'xterm-256color', TERM_PROGRAM: 'Apple_Terminal' }],
  [{ TERM: 'xterm-256color', VTE_VERSION: '4800' }],
  [{ TERM: 'tmux-256color', TERM_PROGRAM: 'iTerm.app' }],
  [{ TERM: 'xterm-kitty', TMUX: '/tmp/tmux' }],
  [{}],
])('is the text as it is in %j', (env) => {
  expect(linked('the address', address, { env })).toBe('the address');
});
