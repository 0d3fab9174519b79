import { createHash } from 'node:crypto';
import { platformError, platformMessage } from '../platform-error.ts';
import type { SandboxRequest } from '../request.ts';
import { html, type SandboxResponse } from '../response.ts';
import { type Markup, markup } from './markup.ts';
import type { Advice } from './unregistered-uri.ts';

/** Makes a whole page: it loads nothing from elsewhere, runs no script but the named one, and cannot be framed. */
export function page({ status = 200, title, card, aside, formTarget, script }: PageContents): SandboxResponse {
  const policy = [
    "default-src 'none'",
    `style-src '${hashSource(style)}'`,
    ...(script === undefined ? [] : [`script-src '${hashSource(script)}'`]),
    `form-action 'self'${formTarget === undefined ? '' : ` ${originSource(formTarget)}`}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  const document = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} – PingOne sandbox</title>
<style>${{ markup: style }}</style>
</head>
<body>
<main>
<p class="place"><i></i>PingOne sandbox on this computer</p>
${card}
</main>
${aside}
<footer>A local stand-in for PingOne, for trying things out. Never type a real password here.</footer>
${script === undefined ? undefined : { markup: `<script>${script}</script>` }}
</body>
</html>
`;
  return html(status, document.markup, { 'content-security-policy': policy });
}

interface PageContents {
  readonly status?: number | undefined;
  readonly title: string;
  /** Inside the card. */
  readonly card: Markup;
  /** Below the card. */
  readonly aside?: Markup | undefined;
  /** Where its form may lead, redirects included: browsers hold `form-action` against these too (CSP 3, section 6.4.2). */
  readonly formTarget?: string | undefined;
  /** The one script of the page, allowed by its hash. */
  readonly script?: string | undefined;
}

function hashSource(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** Names a URL in a content security policy. A custom scheme has no origin: the scheme stands for it. */
function originSource(url: string): string {
  const { origin, protocol } = new URL(url);
  return origin === 'null' ? protocol : origin;
}

/** Posts the answer to the application (OAuth 2.0 Form Post Response Mode, section 2); by hand where no script runs. */
export function formPostPage(redirectUri: string, parameters: URLSearchParams): SandboxResponse {
  return page({
    title: 'Back to the application',
    card: markup`<h1>Back to the application</h1>
<p class="lead">If nothing happens, press Continue.</p>
<form method="post" action="${redirectUri}">
${[...parameters].map(([name, value]) => markup`<input type="hidden" name="${name}" value="${value}">`)}
<div class="actions"><button class="primary" autofocus>Continue</button></div>
</form>`,
    formTarget: redirectUri,
    script: 'document.forms[0].submit()',
  });
}

/**
 * Tells the person what cannot be told to the application (docs/pingone.md, section 3); a program that asks for JSON gets
 * that, in PingOne's words alone.
 *
 * @param advice what the sandbox has to say besides
 * @param target the parameter at fault, where PingOne names it
 */
export function errorPage(request: SandboxRequest, message: string, advice?: Advice, target?: string): SandboxResponse {
  const { accept = '' } = request.headers;
  const notice = advice?.notice ?? message;
  if (accept.includes('application/json') && !accept.includes('text/html')) {
    return {
      ...platformError(request, 'invalidData', [
        { code: 'INVALID_VALUE', ...(target === undefined ? {} : { target }), message },
      ]),
      notice,
    };
  }
  const told = page({
    status: 400,
    title: message,
    card: markup`<h1>This sign-in cannot continue</h1>
<p class="alert" role="alert"><b>${message}</b></p>
<p class="lead">${platformMessage('invalidData')}</p>
<p class="lead">Go back to the application and start again.</p>
<p class="fine">Correlation ID<br>${request.correlationId}</p>`,
    aside: advice?.aside,
  });
  return { ...told, notice };
}

/**
 * Says that PingOne has nothing by a client ID or an environment ID: to a browser on a page, to programs in JSON.
 *
 * @param notice which of them it is, for the log
 */
export function notFoundPage(request: SandboxRequest, notice: string): SandboxResponse {
  if (!request.headers.accept?.includes('text/html')) return { ...platformError(request, 'notFound'), notice };
  const told = page({
    status: 404,
    title: 'Not found',
    card: markup`<h1>This sign-in cannot continue</h1>
<p class="alert" role="alert"><b>${platformMessage('notFound')}</b></p>
<p class="lead">Nothing here has that environment ID or that client ID. Compare both with those that the sandbox told when it started.</p>
<p class="fine">Code<br>NOT_FOUND</p>
<p class="fine">Correlation ID<br>${request.correlationId}</p>`,
  });
  return { ...told, notice };
}

/** Makes a page without a question, for an end that is not an error. */
export function messagePage(title: string, text: string): SandboxResponse {
  return page({ title, card: markup`<h1>${title}</h1><p class="lead">${text}</p>` });
}

/** The one style sheet of the sign-on pages. Colours meet WCAG AA in both schemes. */
const style = `
:root { color-scheme: light dark; --page: #eef1f6; --card: #fff; --line: #d5dbe6; --edge: #8590a8; --field: #fbfcfe;
  --text: #161c2b; --soft: #566076; --accent: #2b50d8; --accent-strong: #1f3fb4; --on-accent: #fff; --ring: #7d9bff;
  --bad: #a31528; --bad-page: #fdeef0; --bad-line: #efbcc3; --good: #12693f; --note: #f3f5fa; --shadow: 0 1px 2px #16203a14, 0 18px 48px -18px #16203a40 }
@media (prefers-color-scheme: dark) { :root { --page: #0e121b; --card: #171d2a; --line: #303a4f; --edge: #67748f; --field: #111725;
  --text: #eaeef7; --soft: #a4aec4; --accent: #88a5ff; --accent-strong: #a9beff; --on-accent: #0b1333; --ring: #88a5ff;
  --bad: #ffacb6; --bad-page: #35171d; --bad-line: #6b2a35; --good: #7fdcae; --note: #1d2434; --shadow: 0 1px 2px #0006, 0 24px 60px -20px #000c } }
* { box-sizing: border-box; margin: 0 }
body { min-height: 100vh; padding: 2.5rem 1rem; display: grid; place-content: center; justify-items: center; gap: 1.25rem;
  grid-template-columns: minmax(0, 26.5rem); font: 1rem/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  color: var(--text); background: var(--page) }
main { width: 100%; padding: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: 1.1rem; box-shadow: var(--shadow) }
.place { display: flex; align-items: center; gap: .55rem; margin-bottom: 1.6rem; font-size: .84rem; font-weight: 600; color: var(--soft) }
.place i { width: .62rem; height: .62rem; border-radius: 50%; background: var(--accent); box-shadow: 0 0 0 .28rem color-mix(in srgb, var(--accent) 20%, transparent); margin: 0 .2rem }
h1 { font-size: 1.5rem; line-height: 1.2; letter-spacing: -.015em; font-weight: 650; text-wrap: balance; overflow-wrap: anywhere }
.lead { margin-top: .45rem; color: var(--soft); overflow-wrap: anywhere } .lead b { color: var(--text); font-weight: 600 }
form { margin-top: 1.5rem; display: grid; gap: 1rem }
label { display: grid; gap: .35rem; font-size: .9rem; font-weight: 600 }
input { font: inherit; font-weight: 400; width: 100%; padding: .68rem .8rem; color: var(--text); background: var(--field); border: 1px solid var(--edge); border-radius: .6rem; transition: border-color .12s }
input:hover { border-color: var(--soft) } input[aria-invalid] { border-color: var(--bad) }
.code { font: 600 1.5rem/1.2 ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; letter-spacing: .16em; text-align: center; text-transform: uppercase }
:is(input, button):focus-visible { outline: 3px solid var(--ring); outline-offset: 2px; border-radius: .6rem }
.actions { display: grid; gap: .4rem; margin: .35rem 0 -.6rem }
button { font: inherit; font-weight: 600; cursor: pointer; padding: .72rem 1rem; border-radius: .6rem; border: 1px solid transparent; transition: background .12s }
.primary { color: var(--on-accent); background: var(--accent) } .primary:hover { background: var(--accent-strong) }
.quiet { color: var(--soft); background: transparent } .quiet:hover { color: var(--text); background: var(--note) }
.alert { margin-top: 1.25rem; padding: .8rem .95rem; color: var(--bad); background: var(--bad-page); border: 1px solid var(--bad-line); border-radius: .6rem; font-size: .92rem; overflow-wrap: anywhere }
.alert b { font-weight: 650 } .alert ul { margin-top: .35rem; padding-left: 1.15rem }
.scopes { padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: .4rem }
.rules { padding-left: 1.1rem; font-size: .84rem; color: var(--soft); overflow-wrap: anywhere; columns: 2; column-gap: 1.5rem } .rules li { break-inside: avoid }
.fine { margin-top: 1.4rem; font-size: .8rem; color: var(--soft) }
.scopes li, code { font: .82rem/1.4 ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; background: var(--note); border: 1px solid var(--line); border-radius: .4rem; padding: .1rem .45rem; overflow-wrap: anywhere }
.users { width: 100%; padding: 1.1rem; font-size: .88rem; line-height: 1.4; color: var(--soft); background: var(--card); border: 1px solid var(--line); border-radius: .9rem; overflow-wrap: anywhere }
h2 { font-size: 1rem; font-weight: 650; color: var(--text) }
.users ul { margin-top: .6rem; padding: 0; list-style: none }
.users li { display: grid; grid-template-columns: 1fr auto; gap: .15rem .75rem; align-items: center; padding: .25rem 0; border-top: 1px solid var(--line) }
.users form { margin: 0 } .users b { font-weight: 600 } .users li > :not(code):first-child { margin-left: -.6rem } .users li > code { justify-self: start } .users li > p:first-child { padding: .35rem .6rem }
.users button { width: 100%; padding: .35rem .6rem; text-align: left; color: var(--text); background: transparent } .users button:hover { background: var(--note) }
.users b { color: var(--accent) } .users button:hover b { text-decoration: underline } .users span { display: block; font-weight: 400; color: var(--soft) }
.users li > p:first-child b { color: var(--text) } .password code { user-select: all }
@media (min-width: 60rem) { body:has(.users) { grid-template-columns: 26.5rem 27rem; align-items: start } footer { grid-column: 1 / -1; justify-self: center } }
footer { font-size: .8rem; text-align: center; color: var(--soft); text-wrap: balance }
@media (max-width: 30rem) { body { padding: 1rem .75rem; align-content: start } main { padding: 1.5rem 1.25rem } .users li { grid-template-columns: 1fr; padding-bottom: .5rem } }
@media (prefers-reduced-motion: reduce) { * { transition: none !important } }
@media (forced-colors: active) { button { border-color: ButtonText } }
`;
