import { type Refusal, refusalStatus } from './callback-request.ts';
import { escapeHtml, type Page, page } from './page.ts';

/** What became of the sign-in, in the terminal's own words. Texts may come from outside. */
export type Outcome =
  | {
      readonly kind: 'success';
      readonly person: string;
      /** Shown as rows, e.g. email, environment and issuer, so that a wrong account is seen at once. */
      readonly facts: readonly { readonly label: string; readonly value: string }[];
    }
  /** The browser came back from the sign-off page. */
  | { readonly kind: 'signedOff' }
  /** The person, or the server on its own, said no. */
  | { readonly kind: 'denied'; readonly message: string; readonly hint?: string | undefined }
  | { readonly kind: 'failure'; readonly message: string; readonly hint?: string | undefined };

const closing = '<p class="soft">You can close this tab and return to the terminal.</p>';

/** The page that the browser ends on. */
export function outcomePage(outcome: Outcome): Page {
  switch (outcome.kind) {
    case 'success': {
      const rows = outcome.facts.map(({ label, value }) => `<dt>${escapeHtml(label)}</dt><dd>${bdi(value)}</dd>`);
      return page({
        status: 200,
        title: 'You are signed in',
        tone: 'good',
        body: `<p>as <strong>${bdi(outcome.person)}</strong></p>
${rows.length > 0 ? `<dl>${rows.join('')}</dl>\n` : ''}${closing}
<p class="soft">Not you? Run <code>ping14c login --switch-user</code></p>`,
      });
    }
    case 'signedOff':
      return page({ status: 200, title: 'You are signed off', tone: 'good', body: closing });
    case 'denied':
      return page({ status: 200, title: 'The sign-in was not allowed', tone: 'calm', body: said(outcome) });
    case 'failure':
      return page({ status: 200, title: 'The sign-in did not work', tone: 'bad', body: said(outcome) });
    default:
      return outcome satisfies never;
  }
}

/** Why nothing came of a request, without a word of what was in it. */
export function refusalPage(reason: Refusal): Page {
  const status = refusalStatus[reason];
  if (reason === 'already used') {
    return page({
      status,
      title: 'Already used',
      tone: 'calm',
      body: '<p>This answer, or another one, has ended the sign-in already.</p><p class="soft">The terminal says how it went. To sign in again, run <code>ping14c login</code></p>',
    });
  }
  return page({
    status,
    title: 'Not the answer to a sign-in',
    tone: 'calm',
    body: `<p>A sign-in waits here for its answer. This request was not it: <strong>${reason}</strong>.</p>
<p class="soft">The sign-in goes on. Return to the tab in which you were signing in, or open the address that the terminal shows.</p>`,
  });
}

/** For whoever speaks http to the https listener: told in the only language they understand. */
export function plainHttpPage(redirectUri: string): Page {
  return page({
    status: 400,
    title: 'This address speaks https',
    tone: 'calm',
    body: `<p>The sign-in waits at <code>${escapeHtml(redirectUri)}</code>, and this request came by http.</p>
<p class="soft">The sign-in goes on. If the application in PingOne has an http redirect URI registered, give that one with <code>--redirect-uri</code></p>`,
  });
}

/** Browsers send a fragment to nobody. This posts it to its own address, once, and clears it (docs/security.md, rule 14). */
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
}`;

export function relayPage(): Page {
  return page({
    status: 200,
    title: 'Handing over to the terminal',
    tone: 'calm',
    body: `<p class="soft">This takes a moment.</p>
<noscript><p>This page needs JavaScript for it. Without, copy the whole address from the address bar and paste it into the terminal.</p></noscript>`,
    script: relayScript,
  });
}

function said({ message, hint }: { readonly message: string; readonly hint?: string | undefined }): string {
  return `<p class="words">${bdi(message)}</p>
${hint ? `<p>${bdi(hint)}</p>\n` : ''}${closing}`;
}

/** Names may be written right to left; they must not turn what stands around them. */
function bdi(text: string): string {
  return `<bdi>${escapeHtml(text)}</bdi>`;
}
