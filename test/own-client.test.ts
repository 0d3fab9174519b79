import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startProgram } from './support/built-program.ts';

// The lines of docs/sandbox.md that curl and Node can run, as they stand there. The others were run by hand: here is neither Go, Java nor Python.

const page = readFileSync('docs/sandbox.md', 'utf8');
const section = page.slice(page.indexOf('## Your own client against the sandbox'));

describe('docs/sandbox.md, your own client against the sandbox', () => {
  it('tells a shell the issuer and the certificate, and curl how to get a token', async () => {
    const { exitCode, stdout } = await inTheSandbox(linesForTheShell());
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^\{"issuer":"https:\/\/127\.0\.0\.1:\d+\/.+"token_type":"Bearer".*\}$/s);
  });

  it('tells Node how to get a token', async () => {
    const setting = linesForTheShell().filter((line) => line.startsWith('export '));
    const run = 'node --input-type=module --eval "$PROGRAM"';
    const ended = await inTheSandbox([...setting, run], { PROGRAM: block('js').join('\n') });
    expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+\n$/) });
  });
});

/** What the page says to type in the shell that its first line starts. */
function linesForTheShell(): readonly string[] {
  const [start, ...lines] = block('sh');
  expect(start).toBe('ping14c sandbox -- bash');
  return lines;
}

/** The section's first piece of code in a language. */
function block(language: string): readonly string[] {
  const [, code = ''] = section.split(`\`\`\`${language}\n`);
  return code.slice(0, code.indexOf('\n```')).split('\n');
}

/** Stops at the first line that fails. */
function inTheSandbox(lines: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return startProgram(['sandbox', '--', 'bash', '-e', '-c', lines.join('\n')], env).ended;
}
