import { createHash } from 'node:crypto';
import { html, type SandboxResponse } from '../exchange.ts';
import { style } from './style.ts';

/** Markup that is safe to place into a page as it stands. */
export interface Markup {
  readonly markup: string;
}

type Part = Markup | string | number | false | undefined | readonly Part[];

/** Builds markup from a template. Whatever is put into it is escaped, unless it is markup itself. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: strings.map((text, index) => text + rendered(parts[index])).join('') };
}

export interface Page {
  readonly status?: number;
  readonly title: string;
  /** Inside the card. */
  readonly card: Markup;
  /** Below the card. */
  readonly aside?: Markup;
  /** Where its form may lead, redirects included: browsers hold `form-action` against these too (CSP 3, section 6.4.2). */
  readonly formTarget?: string;
  /** The one script of the page, allowed by its hash. */
  readonly script?: string;
}

/** A whole page: nothing from elsewhere, no script but the named one, not to be framed. */
export function page({ status = 200, title, card, aside, formTarget, script }: Page): SandboxResponse {
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
<footer>A local stand-in for PingOne, made for trying things out. Never type a real password here.</footer>
${script === undefined ? undefined : { markup: `<script>${script}</script>` }}
</body>
</html>
`;
  return html(status, document.markup, { 'content-security-policy': policy });
}

function rendered(part: Part): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  return 'markup' in part ? part.markup : part.map(rendered).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

function hashSource(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** A URL as a source of a content security policy. A custom scheme has no origin: the scheme stands for it. */
function originSource(url: string): string {
  const { origin, protocol } = new URL(url);
  return origin === 'null' ? protocol : origin;
}
