import { createHash } from 'node:crypto';
import { safeText } from '../output/safe-text.ts';
import { type Refusal, refusalStatus } from './callback.ts';

/** What became of the sign-in, in the terminal's own words. Texts may come from outside. */
export type Outcome =
  | {
      readonly kind: 'success';
      readonly person: string;
      /** Shown as rows, e.g. client ID and environment ID, so that a wrong place is seen at once. */
      readonly facts: readonly { readonly label: string; readonly value: string }[];
      /** Commands to go on with, as they are typed, and what each does. */
      readonly next: readonly { readonly command: string; readonly does: string }[];
    }
  /** The browser came back from the sign-off page. */
  | { readonly kind: 'signedOff' }
  /** The person, or the server on its own, said no. */
  | { readonly kind: 'denied'; readonly message: string; readonly hint?: string | undefined }
  | { readonly kind: 'failure'; readonly message: string; readonly hint?: string | undefined };

const closing = '<p class="soft">You can close this tab and go back to the terminal.</p>';
const goBack =
  '<p class="soft">The sign-in goes on: go back to the tab where you were signing in, or open the address that the terminal shows.</p>';

/** The page that the browser ends on. */
export function outcomePage(outcome: Outcome): Page {
  switch (outcome.kind) {
    case 'success':
      return page({ status: 200, title: 'You are signed in', tone: 'good', body: successWords(outcome) });
    case 'signedOff':
      return page({ status: 200, title: 'You are signed out', tone: 'good', body: closing });
    case 'denied':
      return page({ status: 200, title: 'You are not signed in', tone: 'calm', body: failureWords(outcome) });
    case 'failure':
      return page({ status: 200, title: 'The sign-in failed', tone: 'bad', body: failureWords(outcome) });
    default:
      return outcome satisfies never;
  }
}

/**
 * Why nothing came of a request, without a word of what was in it.
 *
 * @param usedHint what to do where the answer was used already
 */
export function refusalPage(reason: Refusal, usedHint?: string): Page {
  const status = refusalStatus[reason];
  if (reason === 'already used') {
    return page({
      status,
      title: 'This sign-in is over',
      tone: 'calm',
      body: `<p>The terminal shows how it ended.</p>${usedHint ? `\n<p class="soft">${bdi(usedHint)}</p>` : ''}`,
    });
  }
  return page({
    status,
    title: 'Not the sign-in',
    tone: 'calm',
    body: `<p>ping14c is waiting for a sign-in here, and this request was something else: ${reason}.</p>
${goBack}`,
  });
}

/** Answers whoever speaks http to the https listener, in the only language that they understand. */
export function plainHttpPage(redirectUri: string): Page {
  return page({
    status: 400,
    title: 'This address needs https',
    tone: 'calm',
    body: `<p>ping14c is waiting at <code class="address">${escapeHtml(redirectUri)}</code>, and this request came over http.</p>
<p class="soft">The sign-in goes on. If the redirect URI of the application in PingOne begins with http, pass it with <code>--redirect-uri</code>.</p>`,
  });
}

/**
 * Browsers send a fragment to nobody. This posts it to its own address, once, and clears it (docs/security.md, rule 14).
 * Where there is none, as after "back" or a reload, it says so: the page would seem to wait for ever.
 */
const relayScript = `
const answer = new URLSearchParams(location.hash.slice(1));
history.replaceState(null, '', location.pathname);
if ([...answer].length > 0) {
  const form = document.createElement('form');
  form.method = 'post';
  for (const [name, value] of answer) {
    const field = document.createElement('input');
    Object.assign(field, { type: 'hidden', name, value });
    form.append(field);
  }
  document.body.append(form);
  form.submit();
} else {
  for (const part of document.querySelectorAll('.handing')) part.hidden = true;
  document.querySelector('.nothing').hidden = false;
  document.querySelector('h1').textContent = 'Nothing arrived';
}`;

export function relayPage(): Page {
  return page({
    status: 200,
    title: 'Finishing the sign-in',
    tone: 'calm',
    body: `<p class="soft handing">One moment.</p>
<div class="nothing" hidden><p>This address came without an answer.</p>
${goBack}</div>
<noscript><p>This page needs JavaScript. Without it, copy the whole address from the address bar and paste it into the terminal.</p></noscript>`,
    script: relayScript,
  });
}

function successWords({ person, facts, next }: Extract<Outcome, { readonly kind: 'success' }>): string {
  const rows = facts.map(({ label, value }) => `<dt>${escapeHtml(label)}</dt><dd>${bdi(value)}</dd>`);
  const commands = next.map(
    ({ command, does }) => `<li><code>${bdi(command)}</code> <span class="soft">${escapeHtml(does)}</span></li>`,
  );
  return [
    `<p>as <strong>${bdi(person)}</strong></p>`,
    ...(rows.length > 0 ? [`<dl>${rows.join('')}</dl>`] : []),
    ...(commands.length > 0 ? [`<h2>Next, in the terminal</h2>\n<ul>${commands.join('')}</ul>`] : []),
    closing,
  ].join('\n');
}

function failureWords({ message, hint }: { readonly message: string; readonly hint?: string | undefined }): string {
  return `<p class="words">${bdi(message)}</p>
${hint ? `<p>${bdi(hint)}</p>\n` : ''}${closing}`;
}

/** Names may be written right to left; they must not turn what stands around them. */
function bdi(text: string): string {
  return `<bdi>${escapeHtml(text)}</bdi>`;
}

/** An answer to the browser, ready to be sent. */
export interface Page {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly html: string;
}

/** Markup that may be put into a page: ours, or outside text that went through `escapeHtml`. */
interface PageContents {
  readonly status: number;
  readonly title: string;
  readonly tone: 'good' | 'bad' | 'calm';
  readonly body: string;
  /** Runs in the page; nothing else can. */
  readonly script?: string;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text from outside, safe between tags and in quoted attributes; what would reorder it comes out visibly. */
export function escapeHtml(text: string): string {
  return safeText(text).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** Drawn for the page, so that nothing is fetched. The meaning is in the heading; these are for the eye only. */
const toneMarks: Readonly<Record<PageContents['tone'], string>> = {
  good: '<path d="M14.5 24.5l6.5 6.5 13-14"/>',
  bad: '<path d="M17 17l14 14M31 17L17 31"/>',
  calm: '<path d="M24 22v11M24 15v.5"/>',
};

const style = `
:root{color-scheme:light dark;--paper:#f4f5f8;--card:#fff;--ink:#1b2130;--soft:#596275;--line:#e1e4eb;--well:#f4f5f8;--mark:#3454d1}
.good{--mark:#137a4b}.bad{--mark:#b3261e}
@media(prefers-color-scheme:dark){
:root{--paper:#11141b;--card:#1a1f29;--ink:#eceef3;--soft:#a4adbf;--line:#2d3442;--well:#12161e;--mark:#8ea6ff}
.good{--mark:#5fd39b}.bad{--mark:#ff9a90}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px;background:var(--paper);color:var(--ink);
font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
main{width:100%;max-width:36rem;padding:40px;background:var(--card);border:1px solid var(--line);border-radius:16px;
box-shadow:0 1px 2px rgb(16 24 40/.05),0 12px 32px rgb(16 24 40/.07)}
svg{display:block;width:48px;height:48px;margin-bottom:20px;fill:none;stroke:var(--mark);stroke-width:3;
stroke-linecap:round;stroke-linejoin:round}
circle{fill:var(--mark);stroke:none;opacity:.14}
h1{margin:0 0 8px;font-size:1.5rem;line-height:1.25;font-weight:650;letter-spacing:-.01em;text-wrap:balance}
p{margin:0 0 12px;overflow-wrap:anywhere}
p:last-child{margin-bottom:0}
.soft{color:var(--soft)}
dl{display:grid;grid-template-columns:auto 1fr;gap:6px 20px;margin:20px 0;padding:16px;background:var(--well);border-radius:10px;font-size:.875rem}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
h2{margin:20px 0 6px;font-size:.9375rem;font-weight:600}
ul{margin:0 0 20px;padding:0;list-style:none}
li{display:flex;flex-wrap:wrap;gap:2px 12px;align-items:baseline;padding:4px 0}
.words{margin:20px 0;padding:14px 16px;background:var(--well);border-left:3px solid var(--mark);border-radius:0 10px 10px 0}
code{font:.875em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--well);padding:.15em .4em;border-radius:5px;white-space:nowrap}
.address,li code{white-space:normal;overflow-wrap:anywhere}
footer{margin-top:28px;padding-top:16px;border-top:1px solid var(--line);font-size:.8125rem;color:var(--soft)}
@media(max-width:30rem){body{padding:12px}main{padding:28px 20px}dl{grid-template-columns:1fr;gap:0;padding:12px}dd:not(:last-child){margin-bottom:8px}li code{font-size:.8em}}
@media(forced-colors:active){svg{stroke:CanvasText}}`;

/** Sends the browser on, with nothing to show. */
export function redirectTo(location: string): Page {
  return { status: 303, headers: { ...headersOf('', "form-action 'none'"), location }, html: '' };
}

/**
 * What every answer has (docs/security.md, rule 13): never cached or framed, no referrer, nothing loaded from elsewhere.
 *
 * @param allowed the directives by which answers differ
 */
function headersOf(html: string, ...allowed: readonly string[]): Page['headers'] {
  const policy = ["default-src 'none'", ...allowed, "base-uri 'none'", "frame-ancestors 'none'"];
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-length': String(Buffer.byteLength(html)),
    'content-security-policy': policy.join('; '),
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  };
}

function page({ status, title, tone, body, script }: PageContents): Page {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · ping14c</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main class="${tone}">
<svg viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="24"/>${toneMarks[tone]}</svg>
<h1>${title}</h1>
${body}
<footer>ping14c, on this computer</footer>
</main>
${script ? `<script>${script}</script>\n` : ''}</body>
</html>
`;
  const headers = headersOf(
    html,
    `style-src '${hashOf(style)}'`,
    // The empty icon, so that the browser does not ask for /favicon.ico.
    'img-src data:',
    ...(script ? [`script-src '${hashOf(script)}'`, "form-action 'self'"] : ["form-action 'none'"]),
  );
  return { status, headers, html };
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
