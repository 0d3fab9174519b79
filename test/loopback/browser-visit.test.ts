import { once } from 'node:events';
import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '../../src/loopback/certificate.ts';
import type { Notice } from '../../src/loopback/listener.ts';
import { type Chromium, chromiumIsAbsent, startChromium } from '../support/chromium.ts';
import { certificate, listening, state } from '../support/listening.ts';

const success = { kind: 'success', person: 'Maria Huber', facts: [], next: [] } as const;

describe.skipIf(chromiumIsAbsent)(
  'a real Chromium (skipped where /usr/bin/chromium is absent and CI is not set)',
  () => {
    let browser: Chromium;
    beforeAll(async () => {
      browser = await startChromium();
    });
    afterAll(() => browser.close());

    it('warns of the certificate, and past the warning the callback arrives with its code, which leaves the address bar', async () => {
      const notices: Notice[] = [];
      const listener = await listening({ notice: (notice) => notices.push(notice) });
      const page = await browser.context.newPage();
      await page.goto(`${listener.redirectUri}?code=the-code&state=${state}`).catch(() => {});
      await page.locator('#details-button').click();
      expect(await page.locator('body').textContent()).toContain('ERR_CERT_AUTHORITY_INVALID');
      expect(notices).toEqual(['certificateRefused']);
      // Clicked from within: Playwright waits in vain for a warning page, which is none of its own, to be gone.
      await page.locator('#proceed-link').waitFor();
      await page.evaluate("document.getElementById('proceed-link').click()");
      expect((await listener.callback).searchParams.get('code')).toBe('the-code');
      await listener.finish(success);
      await listener.close();
      await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
      expect(await page.locator('strong').textContent()).toBe('Maria Huber');
      expect(page.url()).toMatch(/\/result\/[\w-]+$/);
      expect(page.url()).not.toContain('the-code');
    });

    // The implicit grant asks for form_post by default because of this.
    it('brings a posted answer past the warning, body and all', async () => {
      // One of its own: the browser remembers which certificate it was told to accept.
      const unknown = makeCertificate({ now: Date.now(), days: 1 });
      const listener = await listening({ responseMode: 'form_post', certificate: unknown });
      const server = createPlainServer((_, response) => {
        response.setHeader('content-type', 'text/html');
        response.end(formPosting(listener.redirectUri));
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const page = await browser.context.newPage();
      await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`).catch(() => {});
      await page.locator('#details-button').click();
      await page.locator('#proceed-link').waitFor();
      await page.evaluate("document.getElementById('proceed-link').click()");
      expect((await listener.callback).hash).toBe(`#id_token=a.b.c&state=${state}`);
      await listener.finish(success);
      await listener.close();
      await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
      server.closeAllConnections();
      server.close();
    });

    describe('that trusts the certificate', () => {
      let trusting: Chromium;
      beforeAll(async () => {
        trusting = await startChromium({ ignoreHTTPSErrors: true });
      });
      afterAll(() => trusting.close());

      it('relays a fragment in a request body, and clears it', async () => {
        const listener = await listening({ responseMode: 'fragment' });
        const page = await trusting.context.newPage();
        const visited: string[] = [];
        page.on('request', (request) => visited.push(request.url()));
        const visit = page.goto(`${listener.redirectUri}#access_token=the-token&state=${state}&scope=a+b`);
        expect((await listener.callback).hash).toBe(`#access_token=the-token&state=${state}&scope=a+b`);
        await listener.finish(success);
        await visit;
        await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
        expect(visited.filter((url) => new URL(url).search !== '')).toEqual([]);
        await listener.close();
      });

      it('brings an answer that the server had posted from its own site', async () => {
        const listener = await listening({ responseMode: 'form_post' });
        const server = createServer(certificate, (_, response) => {
          response.setHeader('content-type', 'text/html');
          response.end(formPosting(listener.redirectUri));
        }).listen(0, '127.0.0.1');
        await new Promise((resolve) => server.once('listening', resolve));
        const page = await trusting.context.newPage();
        const visit = page.goto(`https://localhost:${(server.address() as AddressInfo).port}/`);
        expect((await listener.callback).hash).toBe(`#id_token=a.b.c&state=${state}`);
        await listener.finish(success);
        await visit;
        await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
        await listener.close();
        server.closeAllConnections();
        server.close();
      });

      it('finds nothing in the page that its policy forbids', async () => {
        const listener = await listening();
        const page = await trusting.context.newPage();
        const complaints: string[] = [];
        page.on('console', (message) => complaints.push(message.text()));
        const visit = page.goto(`${listener.redirectUri}?code=c&state=${state}`);
        await listener.callback;
        await listener.finish(success);
        await visit;
        await page.getByRole('heading').waitFor();
        expect(complaints).toEqual([]);
        await listener.close();
      });
    });
  },
);

/** What an authorization server answers with `response_mode=form_post`. */
function formPosting(redirectUri: string): string {
  return `<form method="post" action="${redirectUri}"><input name="id_token" value="a.b.c">
<input name="state" value="${state}"></form><script>document.forms[0].submit()</script>`;
}
