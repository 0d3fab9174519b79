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
  redirectTo,
  refusalPage,
  relayPage,
} from '../../src/loopback/pages.ts';
import { safeText } from '../../src/output/safe-text.ts';
import { fc, outsideTextOfAnyLength } from '../support/properties.ts';

const outcomes: readonly Outcome[] = [
  {
    kind: 'success',
    person: 'Maria Huber',
    facts: [{ label: 'Client ID', value: 'c0000000-0000-4000-8000-000000000001' }],
    next: [{ command: 'ping14c -P work whoami', does: 'see who you are' }],
  },
  { kind: 'signedOff' },
  { kind: 'denied', message: 'Access was denied.', hint: 'Run "ping14c login" again.' },
  { kind: 'failure', message: 'The keychain is locked.' },
];
const pages: readonly (readonly [string, Page])[] = [
  ...outcomes.map((outcome) => [outcome.kind, outcomePage(outcome)] as const),
  ...Object.keys(refusalStatus).map((reason) => [reason, refusalPage(reason as Refusal)] as const),
  ['plain http', plainHttpPage('https://127.0.0.1:4321/callback')],
  ['relay', relayPage()],
];

/** Every header of a page but its length, and each directive of its policy. */
function guardsOf({ headers, html }: Page) {
  const { 'content-security-policy': policy = '', 'content-length': length, ...others } = headers;
  expect(length).toBe(String(Buffer.byteLength(html)));
  const directives = policy.split('; ').map((directive) => directive.replace(/'sha256-[^']+'/, 'its own'));
  return { ...others, directives };
}

const guards = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};
const [nothing, nowhere, noFrame] = ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"];
const drawn = ['style-src its own', 'img-src data:'];

it('sends the browser on under the same policy, and shows nothing', () => {
  const onward = redirectTo('/result/x');
  const directives = [nothing, "form-action 'none'", nowhere, noFrame];
  expect(guardsOf(onward)).toEqual({ ...guards, location: '/result/x', directives });
  expect([onward.status, onward.html]).toEqual([303, '']);
});

describe.each(pages)('the page "%s"', (name, page) => {
  const { headers, html } = page;

  // With HSTS the certificate's warning could not be clicked away, on any port of this host (NuGet/NuGetGallery#9220).
  it('is kept nowhere, guessed nowhere, framed nowhere, and tells nobody where it was', () => {
    const acts = name === 'relay' ? ['script-src its own', "form-action 'self'"] : ["form-action 'none'"];
    expect(guardsOf(page)).toEqual({ ...guards, directives: [nothing, ...drawn, ...acts, nowhere, noFrame] });
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
    const element = () => ({
      hidden: false,
      textContent: '',
      children: [] as object[],
      submitted: false,
      method: 'get',
    });
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
    const sent = forms.filter(({ submitted }) => submitted);
    const fields = sent.flatMap(({ children }) => children.map((child) => child as { name: string; value: string }));
    return { handing, nothing, heading, cleared, submitted: sent.map(({ method }) => method), fields };
  }

  it('posts what is there and clears it', () => {
    const { handing, nothing, cleared, submitted, fields } = relayedAt('#access_token=a%2Bb&state=s');
    expect({ submitted, cleared }).toEqual({ submitted: ['post'], cleared: ['/callback'] });
    expect(fields.map(({ name, value }) => [name, value])).toEqual([
      ['access_token', 'a+b'],
      ['state', 's'],
    ]);
    expect([handing.hidden, nothing.hidden]).toEqual([false, true]);
  });

  it.each(['', '#'])('says that nothing came with the address where it ends in "%s", and what to do', (hash) => {
    const { handing, nothing, heading, submitted } = relayedAt(hash);
    expect(submitted).toEqual([]);
    expect([handing.hidden, nothing.hidden]).toEqual([true, false]);
    expect(heading.textContent).toBe('Nothing arrived');
    expect(relayPage().html).toMatch(
      /class="nothing" hidden><p>This address came without an answer\.<\/p>\n.*terminal shows/,
    );
  });
});

const welcome = { kind: 'success', person: 'M', facts: [], next: [] } as const;

describe('texts from outside', () => {
  it.each([
    ["'", '&#39;'],
    ['"', '&quot;'],
    ['&', '&amp;'],
    ['<', '&lt;'],
    ['>', '&gt;'],
  ])('have each %s escaped as %s, wherever it stands and however often', (character, escaped) => {
    expect(escapeHtml(character)).toBe(escaped);
    expect(escapeHtml(`a${character}b${character}${character}`)).toBe(`a${escaped}b${escaped}${escaped}`);
  });

  const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

  it('never become markup, nor turn what stands around them', () => {
    fc.assert(
      fc.property(outsideTextOfAnyLength, (text) => {
        const escaped = escapeHtml(text);
        expect(escaped).not.toMatch(/[<>"'\u202a-\u202e\u2066-\u2069]/);
        expect(escaped.replace(/&(?:amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
        // Nothing is lost, and nothing escaped twice.
        expect(escaped.replace(/&([^;]*);/g, (_, name: string) => entities[name] ?? '')).toBe(safeText(text));
      }),
    );
  });

  it.each([
    ['person', outcomePage({ ...welcome, person: '<img onerror=x>' })],
    ['fact', outcomePage({ ...welcome, facts: [{ label: '<b>', value: '<img onerror=x>' }] })],
    ['command', outcomePage({ ...welcome, next: [{ command: '<img onerror=x>', does: '' }] })],
    ['message', outcomePage({ kind: 'failure', message: '<img onerror=x>' })],
    ['hint', outcomePage({ kind: 'denied', message: 'no', hint: '<img onerror=x>' })],
    ['label', outcomePage({ ...welcome, facts: [{ label: '<img onerror=x>', value: '' }] })],
    ['what a command does', outcomePage({ ...welcome, next: [{ command: '', does: '<img onerror=x>' }] })],
    ['hint of what was used', refusalPage('already used', '<img onerror=x>')],
    ['redirect URI', plainHttpPage('<img onerror=x>')],
  ])('are escaped as %s', (_, { html }) => {
    expect(html).toContain('&lt;img onerror=x&gt;');
    expect(html).not.toContain('<img');
  });

  it('do not turn what stands around them, were they written right to left', () => {
    const name = 'عمر';
    const isolated = `<bdi>${name}</bdi>`;
    const next = [{ command: name, does: 'see who you are' }];
    const success = outcomePage({ ...welcome, person: name, facts: [{ label: 'L', value: name }], next });
    expect(success.html.split(isolated)).toHaveLength(4);
    expect(outcomePage({ kind: 'failure', message: name, hint: name }).html.split(isolated)).toHaveLength(3);
    expect(refusalPage('already used', name).html).toContain(isolated);
  });
});
