import { createServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { makeCertificate } from '../../src/loopback/certificate.ts';
import { type Chromium, chromiumIsAbsent, startChromium } from '../support/chromium.ts';
import type { ClientPage, ClientSettings } from '../support/client-pages/client-page.ts';
import { ada, startTestSandbox, type TestSandbox } from '../support/sandbox.ts';
import { id, seedWith } from '../support/sandbox-client.ts';

const clientId = id('10');

describe.skipIf(chromiumIsAbsent)(
  'in a real Chromium (skipped where /usr/bin/chromium is absent and CI is not set)',
  () => {
    it.each([
      // It renews by fetch, and signs out in the same way; the others renew in a frame and sign out with the browser.
      ['forgerock-oidc-client', 'another site', 'POST 200', 'GET 204'],
      ['forgerock-oidc-client', 'the same site', 'POST 200', 'GET 204'],
      ['forgerock-javascript-sdk', 'another site', 'GET 302', 'GET 302'],
      ['forgerock-javascript-sdk', 'the same site', 'GET 302', 'GET 302'],
      ['oidc-client-ts', 'another site', 'GET 302', 'GET 302'],
      ['oidc-client-ts', 'the same site', 'GET 302', 'GET 302'],
    ] as const)(
      '%s signs in, renews, revokes and signs out, unmodified, on a page of %s',
      async (client, site, renewsBy, signsOutBy) => {
        const { sandbox, page, call } = await clientPage(client, site);
        await signInBy(page, call);
        const first = await call('signedIn');
        expect(await call('userinfo')).toMatchObject({ sub: ada.id, email: 'ada@example.com', 'p1.region': 'NA' });
        const renewed = await call('renew');
        expect(asked(sandbox, 'authorize').at(-1)).toBe(renewsBy);
        await call('revoke');
        expect(asked(sandbox, 'revoke')).toContain('POST 200');
        const again = await call('renew');
        expect(new Set([first, renewed, again].map((token) => String(token).split('.').length))).toEqual(new Set([3]));
        expect(new Set([first, renewed, again]).size).toBe(3);

        if (client === 'forgerock-oidc-client') await call('signOut');
        else await leaving(page, '**/signed-out*', () => call('signOut'));
        expect([...asked(sandbox, 'idpSignoff'), ...asked(sandbox, 'signoff')]).toEqual([signsOutBy]);
        const late = await call('renew').catch((error: Error) => error.message);
        expect(JSON.stringify(late)).toContain('User authentication is required');
      },
    );

    it('forgerock-oidc-client pushes its requests, and knows whether the session lives', async () => {
      const { sandbox, page, call } = await clientPage('forgerock-oidc-client', 'another site', { par: true });
      await signInBy(page, call);
      expect(String(await call('signedIn')).split('.')).toHaveLength(3);
      expect(await call('session')).toMatchObject({ responseType: 'id_token', claims: { sub: ada.id } });
      expect(String(await call('renew')).split('.')).toHaveLength(3);
      expect(asked(sandbox, 'par')).toEqual(['POST 201', 'POST 201']);
      await call('signOut');
      expect(await call('session')).toMatchObject({ error: 'login_required' });
    });

    it('forgerock-javascript-sdk signs out without leaving the page', async () => {
      const { sandbox, page, call } = await clientPage('forgerock-javascript-sdk', 'another site');
      await signInBy(page, call);
      await call('signedIn');
      expect([await call('signOutHere'), asked(sandbox, 'idpSignoff')]).toEqual([204, ['GET 204']]);
    });
  },
);

const browsers = new Map<Site, Promise<Chromium>>();
afterAll(() => Promise.all([...browsers.values()].map(async (browser) => (await browser).close())));

/** One for all pages that are at home on such a site. */
function browserFor(site: Site): Promise<Chromium> {
  // Newer browsers send no cookie to another site from within a page, whatever the cookie says, unless a person has them do so.
  const preferences = site === 'another site' ? { profile: { cookie_controls_mode: 0 } } : {};
  const browser = browsers.get(site) ?? startChromium({ ignoreHTTPSErrors: true, preferences });
  browsers.set(site, browser);
  return browser;
}

/** Runs the client's page in a tab of its own, against a sandbox that knows it as PingOne would have to. */
async function clientPage(client: string, site: Site, { par = false } = {}) {
  const app = await serveClient(client, site);
  const seed = seedWith(clientId, {
    idpSignoff: true,
    postLogoutRedirectUris: [app.signedOutUri],
    corsSettings: { behavior: 'ALLOW_SPECIFIC_ORIGINS', origins: [new URL(app.redirectUri).origin] },
  });
  const sandbox = await startTestSandbox({ seed });
  app.settings = {
    issuer: sandbox.issuer,
    clientId,
    redirectUri: app.redirectUri,
    signedOutUri: app.signedOutUri,
    par,
  };
  const { context } = await browserFor(site);
  const page = await context.newPage();
  onTestFinished(async () => {
    await page.close();
    // Cookies know no ports: those of this sandbox would come to the next.
    await context.clearCookies();
  });
  await page.goto(app.redirectUri);
  const call = (name: keyof ClientPage) => page.evaluate<unknown>(`client.${name}()`);
  return { sandbox, page, call };
}

/** Another scheme makes another site, another port does not (RFC 6265bis, “same-site”). */
type Site = 'another site' | 'the same site';

const scripts = new Map<string, Promise<string>>();

function bundled(client: string): Promise<string> {
  const entry = fileURLToPath(new URL(`../support/client-pages/${client}.ts`, import.meta.url));
  const script = build({ entryPoints: [entry], bundle: true, format: 'iife', write: false, logLevel: 'error' }).then(
    ({ outputFiles }) => outputFiles[0]?.text ?? '',
  );
  scripts.set(client, script);
  return script;
}

/** A page that loads the client's bundle and does nothing by itself, on a loopback port. */
async function serveClient(client: string, site: Site) {
  const script = await (scripts.get(client) ?? bundled(client));
  const app = { redirectUri: '', signedOutUri: '', settings: undefined as ClientSettings | undefined };
  const answer: RequestListener = (request, response) => {
    if (request.url === '/client.js') return void response.setHeader('content-type', 'text/javascript').end(script);
    response.setHeader('content-type', 'text/html; charset=utf-8');
    // Ping's packages read the frame's address from outside, and give it seconds: nothing has to be loaded in it.
    if (request.headers['sec-fetch-dest'] === 'iframe' && client !== 'oidc-client-ts') return void response.end();
    const settings = JSON.stringify(app.settings);
    response.end(
      `<!doctype html><title>App</title><script>settings = ${settings}</script><script src="/client.js"></script>`,
    );
  };
  const server =
    site === 'another site'
      ? createServer(answer)
      : createHttpsServer(makeCertificate({ now: Date.now(), days: 1 }), answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const origin = `${site === 'another site' ? 'http' : 'https'}://127.0.0.1:${port}`;
  app.redirectUri = `${origin}/callback`;
  app.signedOutUri = `${origin}/signed-out`;
  return app;
}

/** Has the client send the browser to the sandbox, and signs in there. */
async function signInBy(page: Page, call: (name: keyof ClientPage) => Promise<unknown>): Promise<void> {
  await leaving(page, '**/signon/**', () => call('signIn'));
  await page.getByLabel('User name').fill(ada.username);
  await page.getByLabel('Password', { exact: true }).fill(ada.password);
  await leaving(page, '**/callback?*code=*', () => page.locator('button.primary').click());
}

/** Does what makes the browser leave the page, which ends whatever still ran there. */
async function leaving(page: Page, url: string, act: () => Promise<unknown>): Promise<void> {
  await Promise.all([page.waitForURL(url), act().catch(() => undefined)]);
}

/** How an endpoint was asked and what it answered, oldest first. */
function asked(sandbox: TestSandbox, endpoint: string): readonly string[] {
  return sandbox
    .requests()
    .filter(({ method, path }) => method !== 'OPTIONS' && path.endsWith(`/as/${endpoint}`))
    .map(({ method, status }) => `${method} ${status}`);
}
