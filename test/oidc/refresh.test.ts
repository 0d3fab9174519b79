import { describe, expect, it } from 'vitest';
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { signedIn } from '../support/sandbox-machine.ts';

const mayBeOver =
  /The server may have renewed the session all the same\.[\s\S]*Hint: [\s\S]*a new sign-in is needed: "ping14c login"/;

/** A machine whose person is signed in, and whose next request with a refresh token gets this answer. */
async function refreshedWith(answer: NonNullable<SandboxOptions['intercept']>) {
  const machine = await signedIn({
    sandboxOptions: {
      intercept: (request, proceed) =>
        request.method === 'POST' && request.form().get('grant_type') === 'refresh_token'
          ? answer(request, proceed)
          : proceed(),
    },
  });
  return { machine, outcome: await machine.run('token', '--refresh') };
}

function page(status: number) {
  return async () => ({ status, headers: { 'content-type': 'text/html' }, body: '<!doctype html><p>No.' });
}

describe('a refresh whose answer was lost', () => {
  it.each<[string, NonNullable<SandboxOptions['intercept']>]>([
    ['because the connection was cut', async () => undefined],
    ['on its way to a gateway that answers 502', page(502)],
    ['on its way to a gateway that answers 504', page(504)],
  ])('%s says at once that a new sign-in may be needed', async (_name, answer) => {
    const { outcome } = await refreshedWith(answer);
    expect(outcome.stderr).toMatch(mayBeOver);
    expect(outcome.exitCode).not.toBe(4);
  });
});

describe('a refresh that certainly was not made', () => {
  it('because the server says so speaks of no sign-in', async () => {
    const { outcome } = await refreshedWith(page(503));
    expect(outcome.stderr).toContain('status 503');
    expect(outcome.stderr).not.toContain('ping14c login');
  });

  it('because nobody listens speaks of no sign-in', async () => {
    const machine = await signedIn();
    await machine.sandbox.close();
    const { exitCode, stderr } = await machine.run('token', '--refresh');
    expect(exitCode).toBe(6);
    expect(stderr).not.toContain('ping14c login');
  });
});
