import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { plainRequest } from '../../support/plain-request.ts';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox.ts';

const folder = mkdtempSync(join(tmpdir(), 'ping14c-compare-'));
const script = join(folder, 'compare.mjs');

beforeAll(() =>
  build({
    ...{ entryPoints: ['test/sandbox/facts/compare.ts'], outfile: script },
    ...{ bundle: true, platform: 'node', format: 'esm', logLevel: 'silent' },
  }),
);
afterAll(() => rmSync(folder, { recursive: true }));

describe('npm run compare', () => {
  it('agrees with the sandbox in all', async () => {
    const sandbox = await startTestSandbox();
    const { code, stdout } = await compare(sandbox.issuer, sandbox);
    expect(stdout).not.toContain('differs');
    expect(stdout).toMatch(new RegExp(`^(\\d+) of \\1 agree: ${sandbox.issuer}\n$`, 'm'));
    expect(code).toBe(0);
  });

  it('asks for the two documents and nothing else', async () => {
    const sandbox = await startTestSandbox();
    await compare(`${sandbox.issuer}/.well-known/openid-configuration`, sandbox);
    const path = new URL(sandbox.issuer).pathname;
    expect(sandbox.requests().map((request) => `${request.method} ${request.path}`)).toEqual([
      `GET ${path}/.well-known/openid-configuration`,
      `GET ${path}/jwks`,
    ]);
  });

  it('says where another server differs, and steers no terminal', async () => {
    const sandbox = await startTestSandbox();
    const recorded = (
      await plainRequest(sandbox.certificate.cert, `${sandbox.issuer}/.well-known/openid-configuration`)
    ).json();
    const { issuer, claim_types_supported: types, ...rest } = recorded;
    const doctored = { ...rest, issuer, claim_types_supported: [...(types as string[]), '\u009b31m'], extra: 1 };
    const origin = await serve(sandbox, { '/as/.well-known/openid-configuration': doctored, '/as/jwks': { keys: [] } });
    const { code, stdout } = await compare(`${origin}/as`, sandbox);
    expect(code).toBe(1);
    expect(stdout).toContain(`issuer is "${sandbox.issuer}", not "${origin}/as"`);
    expect(stdout).toContain('claim_types_supported is ["normal","\\u009b31m"], not ["normal"]');
    expect(stdout).toContain('authorization_endpoint stands where issuer does on record');
    expect(stdout).toContain('extra is not on record');

    expect(stdout).toContain('the answer.keys is [], not a list of public RSA keys');
  });

  it('agrees with what one recording has and another has not', async () => {
    const sandbox = await startTestSandbox();
    const documents: Record<string, unknown> = {};
    const origin = await serve(sandbox, documents);
    const issuer = `${origin}/as`;
    documents['/as/.well-known/openid-configuration'] = {
      issuer,
      check_session_iframe: `${issuer}/checksession`,
      scopes_supported: ['openid', 'profile', 'email', 'address', 'phone'],
    };
    documents['/as/jwks'] = {};
    const { stdout } = await compare(issuer, sandbox);
    expect(stdout).toMatch(/^agrees .*`check_session_iframe`/m);
    expect(stdout).toMatch(/^agrees .*`scopes_supported`/m);
    expect(stdout).toMatch(/^agrees .*`ping_end_idp_session_endpoint`/m);
    expect(stdout).toMatch(/^differs .*`token_endpoint`.*\n +token_endpoint is absent/m);
  });

  it.each([
    ['a redirect', 'https://example.com/', /Not compared: /],
    ['a page', '<html>', /Not compared: https:\S+ did not answer with JSON/],
    ['an endless answer', 'x'.repeat(1_000_001), /Not compared: .* more than 1000000 bytes/],
  ])('gives up at %s', async (_, answer, said) => {
    const sandbox = await startTestSandbox();
    const origin = await serve(sandbox, { '/as/.well-known/openid-configuration': answer });
    const { code, stdout } = await compare(`${origin}/as`, sandbox);
    expect([code, said.test(stdout)]).toEqual([1, true]);
  });

  it.each(['', 'no address', 'http://auth.pingone.eu/x/as'])('asks nobody about "%s"', async (address) => {
    const sandbox = await startTestSandbox();
    const { code, stdout } = await compare(address, sandbox);
    expect([code, stdout]).toEqual([1, expect.stringContaining('Give the issuer of an environment')]);
  });
});

/** Runs the script as `npm run compare` does. */
function compare(address: string, { caFile }: TestSandbox) {
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: caFile };
  return new Promise<{ readonly code: number; readonly stdout: string }>((resolve) => {
    execFile(process.execPath, [script, address], { env }, (error, stdout) => {
      resolve({ code: error ? Number(error.code) : 0, stdout });
    });
  });
}

/** Another server, with the sandbox's certificate: a text that is an address is a redirect to it. */
async function serve({ certificate }: TestSandbox, answers: Readonly<Record<string, unknown>>): Promise<string> {
  const server = createServer(certificate, (request, response) => {
    const answer = answers[request.url ?? ''];
    if (typeof answer === 'string' && URL.canParse(answer)) response.writeHead(302, { location: answer });
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
