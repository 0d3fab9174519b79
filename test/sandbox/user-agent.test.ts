import { createServer } from 'node:https';
import { describe, expect, it } from 'vitest';
import { makeCertificate } from '../../src/loopback/certificate.ts';
import { createUserAgent } from '../../src/sandbox/user-agent.ts';
import { startTestSandbox } from '../support/sandbox.ts';
import { signIn } from '../support/sandbox-client.ts';

describe('the user agent', () => {
  it('refuses a certificate that is not trusted, before it sends anything', async () => {
    const sandbox = await startTestSandbox();
    const stranger = makeCertificate({ now: Date.now(), days: 1 });
    const agent = createUserAgent({ trust: stranger.cert });
    await expect(agent.visit(sandbox.issuer)).rejects.toThrow('The certificate of 127.0.0.1 is not trusted');
    expect(sandbox.requests()).toEqual([]);
  });

  it('refuses a trusted certificate for another host', async () => {
    const certificate = makeCertificate({ hosts: ['example.com'], now: Date.now(), days: 1 });
    const sandbox = await startTestSandbox({ certificate });
    await expect(sandbox.browser().visit(sandbox.issuer)).rejects.toThrow('not trusted');
  });

  it('goes on where a person would have approved the fingerprint, and only there', async () => {
    const sandbox = await startTestSandbox();
    const stranger = makeCertificate({ now: Date.now(), days: 1 });
    const shown: string[] = [];
    const agent = createUserAgent({
      trust: stranger.cert,
      acceptCertificate: (host, fingerprint256) => {
        shown.push(host);
        return fingerprint256 === sandbox.certificate.fingerprint256;
      },
    });
    expect((await agent.visit(`${sandbox.issuer}/jwks`)).status).toBe(200);
    expect(shown).toEqual(['127.0.0.1']);
  });

  it('keeps a fragment in the address, and sends none', async () => {
    const sandbox = await startTestSandbox();
    const changes = { client_id: 'c0000000-0000-4000-8000-000000000002', response_type: 'id_token' };
    const { url } = await signIn(sandbox, changes);
    expect(new URLSearchParams(new URL(url).hash.slice(1)).get('id_token')).toMatch(/^eyJ/);
    expect(sandbox.requests().at(-1)).toMatchObject({ method: 'GET', path: '/callback', status: 403 });
  });

  it('stops when it is told to', async () => {
    const { cert, key } = makeCertificate({ now: Date.now(), days: 1 });
    const server = createServer({ cert, key }, () => stop.abort(new Error('enough')));
    const stop = new AbortController();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const agent = createUserAgent({ trust: cert, signal: stop.signal });
    await expect(agent.visit(`https://127.0.0.1:${port}/`)).rejects.toThrow();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
