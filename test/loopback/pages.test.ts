import { createHash } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { type Refusal, refusalStatus } from '../../src/loopback/callback.ts';
import {
  escapeHtml,
  type Outcome,
  outcomePage,
  type Page,
  plainHttpPage,
  refusalPage,
  relayPage,
} from '../../src/loopback/pages.ts';
import { fc, outsideTextOfAnyLength } from '../support/properties.ts';

const outcomes: readonly Outcome[] = [
  { kind: 'success', person: 'Maria Huber', facts: [{ label: 'Email', value: 'maria@example.com' }] },
  { kind: 'denied', message: 'Access was denied.', hint: 'Run "ping14c login" again.' },
  { kind: 'failure', message: 'The keychain is locked.' },
];
const pages: readonly (readonly [string, Page])[] = [
  ...outcomes.map((outcome) => [outcome.kind, outcomePage(outcome)] as const),
  ...Object.keys(refusalStatus).map((reason) => [reason, refusalPage(reason as Refusal)] as const),
  ['plain http', plainHttpPage('https://127.0.0.1:4321/callback')],
  ['relay', relayPage()],
];

describe.each(pages)('the page "%s"', (_, { headers, html }) => {
  it('is kept nowhere, guessed nowhere, framed nowhere, and tells nobody where it was', () => {
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'content-length': String(Buffer.byteLength(html)),
    });
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/);
    // With HSTS the certificate's warning could not be clicked away, on any port of this host (NuGet/NuGetGallery#9220).
    expect(headers).not.toHaveProperty('strict-transport-security');
  });

  it('has the very style and script that its policy names, and nothing from elsewhere', () => {
    for (const [, element, text = ''] of html.matchAll(/<(style|script)>([\s\S]*?)<\/\1>/g)) {
      const hash = createHash('sha256').update(text).digest('base64');
      expect(headers['content-security-policy']).toContain(`${element}-src 'sha256-${hash}'`);
    }
    expect(html).not.toMatch(/\s(src|srcset|action|on\w+|style)=/);
    expect(html.match(/href="[^"]*"/g)).toEqual(['href="data:,"']);
  });

  it('has a language, a title and one heading', () => {
    expect(html).toContain('<html lang="en">');
    expect(html).toMatch(/<title>[^<]+<\/title>/);
    expect(html.match(/<h1>/g)).toHaveLength(1);
  });
});

describe('the page that relays a fragment', () => {
  /** Runs the page's script over a document of its parts. */
  function relayedAt(hash: string) {
    const element = () => ({ hidden: false, textContent: '', children: [] as object[], submitted: false });
    const [handing, nothing, heading, body] = [element(), { ...element(), hidden: true }, element(), element()];
    const forms: ReturnType<typeof element>[] = [];
    const document = {
      body: { append: (child: object) => void body.children.push(child) },
      createElement: () => {
        const form = element();
        forms.push(form);
        return Object.assign(form, {
          append: (child: object) => void form.children.push(child),
          submit: () => {
            form.submitted = true;
          },
        });
      },
      querySelector: (selector: string) => (selector === 'h1' ? heading : nothing),
      querySelectorAll: () => [handing],
    };
    const cleared: string[] = [];
    const history = { replaceState: (_state: null, _title: string, path: string) => void cleared.push(path) };
    const [, script = ''] = /<script>([\s\S]*?)<\/script>/.exec(relayPage().html) ?? [];
    runInNewContext(script, { location: { hash, pathname: '/callback' }, history, document, URLSearchParams });
    return { handing, nothing, heading, cleared, submitted: forms.filter(({ submitted }) => submitted).length };
  }

  it('posts what is there and clears it', () => {
    const { handing, nothing, cleared, submitted } = relayedAt('#access_token=a&state=s');
    expect({ submitted, cleared }).toEqual({ submitted: 1, cleared: ['/callback'] });
    expect([handing.hidden, nothing.hidden]).toEqual([false, true]);
  });

  it.each(['', '#'])('says that nothing came with the address where it ends in "%s", and what to do', (hash) => {
    const { handing, nothing, heading, submitted } = relayedAt(hash);
    expect(submitted).toBe(0);
    expect([handing.hidden, nothing.hidden]).toEqual([true, false]);
    expect(heading.textContent).toBe('Nothing to hand over');
    expect(relayPage().html).toMatch(
      /class="soft nothing" hidden>This address came without an answer\. .*terminal shows/,
    );
  });
});

describe('texts from outside', () => {
  it('never become markup, nor turn what stands around them', () => {
    fc.assert(
      fc.property(outsideTextOfAnyLength, (text) => {
        const escaped = escapeHtml(text);
        expect(escaped).not.toMatch(/[<>"'\u202a-\u202e\u2066-\u2069]/);
        expect(escaped.replace(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
      }),
    );
  });

  it.each([
    ['person', outcomePage({ kind: 'success', person: '<img onerror=x>', facts: [] })],
    ['fact', outcomePage({ kind: 'success', person: 'M', facts: [{ label: '<b>', value: '<img onerror=x>' }] })],
    ['message', outcomePage({ kind: 'failure', message: '<img onerror=x>' })],
    ['hint', outcomePage({ kind: 'denied', message: 'no', hint: '<img onerror=x>' })],
  ])('are escaped as %s', (_, { html }) => {
    expect(html).toContain('&lt;img onerror=x&gt;');
    expect(html).not.toContain('<img');
  });
});
