import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/main.ts';
import { signedIn } from '../support/sandbox-machine.ts';

// What the management API, or somebody in its place, may answer with a status of its own choice: nothing of it is a defect of
// ours, and nothing of it changes what is told of a password.

const ada = 'd0000000-0000-4000-8000-000000000001';
const passwords = 'Analytical-Engine-1843\nDifference-Engine-1822\n';

type Which = 'user' | 'state' | 'change';

const commands = {
  user: ['whoami', '--all'],
  state: ['passwd', '--check', '--stdin'],
  change: ['passwd', '--stdin'],
} as const satisfies Readonly<Record<Which, readonly string[]>>;

function askedFor(method: string, path: string): Which {
  if (!path.endsWith('/password')) return 'user';
  return method === 'PUT' ? 'change' : 'state';
}

/** A person who is signed in. Answers of one kind have another body then; everything else is the sandbox's own. */
async function oddApi(which: Which) {
  const turned: { answer?: { readonly status: number; readonly body: string } } = {};
  const machine = await signedIn({
    terminal: false,
    sandboxOptions: {
      intercept: async ({ method, url: { pathname } }, proceed) =>
        turned.answer && pathname.startsWith('/v1/') && askedFor(method, pathname) === which
          ? { headers: { 'content-type': 'application/hal+json' }, ...turned.answer }
          : proceed(),
    },
  });
  return async (status: number, body: string) => {
    turned.answer = { status, body };
    const runtime = machine.runtime();
    const stdin = Object.assign(new PassThrough(), { isTTY: false });
    stdin.end(passwords);
    const exitCode = await run(commands[which], { ...runtime, stdin });
    return { exitCode, ...runtime.printed() };
  };
}

const nested = (open: string, close: string) => `${open.repeat(20_000)}1${close.repeat(20_000)}`;

const deep: readonly (readonly [name: string, body: string])[] = [
  ['arrays 20,000 deep', nested('[', ']')],
  ['objects 20,000 deep', nested('{"a":', '}')],
  ['a record with a member that is 20,000 deep', `{"id":"${ada}","status":"OK","x":${nested('[', ']')}}`],
  ['an error with details that are 20,000 deep', `{"code":"INVALID_DATA","details":${nested('[', ']')}}`],
];

const noObjects: readonly (readonly [name: string, body: string])[] = [
  ['null', 'null'],
  ['a number', '1e999'],
  ['a text', '"OK"'],
  ['a list', '[{"status":"OK"}]'],
];

const oddStates: readonly (readonly [name: string, body: string])[] = [
  ['a status that is an object', `{"status":{"OK":1},"user":{"id":"${ada}"}}`],
  ['a status that every object has', `{"status":"constructor","user":{"id":"${ada}"}}`],
  ['a user that is a list', '{"status":"OK","user":[1]}'],
  ['a time that is a number', '{"status":"OK","lastChangedAt":1}'],
];

const oddErrors: readonly (readonly [name: string, body: string])[] = [
  ['a code that is an object', '{"code":{"a":1},"message":"No."}'],
  ['an error that is a list', '{"error":["no"],"error_description":{}}'],
];

describe('an answer of the management API that is none', () => {
  it.each([
    ['user', 200, [...deep, ...noObjects], 1],
    ['user', 403, [...deep, ...noObjects, ...oddErrors], 1],
    ['state', 200, [...deep, ...noObjects, ...oddStates], 1],
    ['state', 403, [...deep, ...noObjects, ...oddErrors], 1],
    // Whether a change that was sent has been made, such an answer does not say (docs/security.md, rule 27).
    ['change', 200, [...deep, ...noObjects, ...oddStates], 3],
    ['change', 400, [...deep, ...noObjects, ...oddErrors], 3],
  ] as const)('is told as the server’s mistake: %s, status %i', async (which, status, bodies, exitCode) => {
    const ask = await oddApi(which);
    for (const [name, body] of bodies) {
      const outcome = await ask(status, body);
      expect({ exitCode: outcome.exitCode, stdout: outcome.stdout }, `${name}: ${outcome.stderr}`).toEqual({
        exitCode,
        stdout: '',
      });
      expect(outcome.stderr, name).toMatch(/^(?:Error|Hint): .*answer/m);
      expect(outcome.stderr, name).not.toContain('defect');
    }
  });
});

const everyType = [
  'null',
  'true',
  '-1',
  '1e999',
  '""',
  '"\\u0000\\ud800"',
  '[null,[1],{}]',
  '{"constructor":{"a":[]}}',
];

describe('members of another type than they should have', () => {
  it('do not keep a user record from being shown', async () => {
    const ask = await oddApi('user');
    const members = ['name', 'email', 'enabled', 'lastSignOn', 'account', '_embedded', '_links', '__proto__'];
    for (const odd of everyType) {
      const body = `{"id":"${ada}",${members.map((name) => `"${name}":${odd}`).join()}}`;
      const { exitCode, stdout, stderr } = await ask(200, body);
      expect({ exitCode, stdout }, `${odd}: ${stderr}`).toEqual({
        exitCode: 0,
        stdout: expect.stringContaining('USER RECORD'),
      });
    }
  });

  it('count as absent in a state and its policy', async () => {
    const ask = await oddApi('state');
    const rules = ['length', 'minCharacters', 'history', 'minAgeDays', 'minComplexity', 'alphabetSequenceRule'];
    for (const odd of everyType) {
      const policy = `{${rules.map((name) => `"${name}":${odd}`).join()}}`;
      const body = `{"status":"OK","user":{"id":"${ada}"},"lastChangedAt":${odd},"secondsUntilUnlock":${odd},"_embedded":{"passwordPolicy":${policy}}}`;
      const { exitCode, stdout, stderr } = await ask(200, body);
      expect({ exitCode, stdout }, `${odd}: ${stderr}`).toEqual({
        exitCode: 0,
        stdout: expect.stringContaining('It meets every rule that can be checked here.'),
      });
    }
  });

  it('are passed over in a refusal, and a rule that every object has is named as it is', async () => {
    const ask = await oddApi('change');
    for (const odd of everyType) {
      const detail = `{"code":${odd},"target":"newPassword","message":${odd},"innerError":{"unsatisfiedRequirements":["constructor",${odd}],"attemptsRemaining":${odd}}}`;
      const body = `{"id":${odd},"code":"INVALID_DATA","message":${odd},"details":[${odd},${detail}]}`;
      const { exitCode, stderr } = await ask(400, body);
      expect(exitCode, `${odd}: ${stderr}`).toBe(5);
      expect(stderr, odd).toContain('PingOne does not accept the new password.\n  newPassword: constructor\n');
      expect(stderr, odd).not.toContain('defect');
    }
  });
});
