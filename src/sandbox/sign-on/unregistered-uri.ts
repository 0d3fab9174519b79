import { safeText } from '../../output/safe-text.ts';
import { shellWord } from '../../output/shell-words.ts';
import { problemWithPostLogoutRedirectUri, problemWithRedirectUri } from '../seed/redirect-uri.ts';
import { type Markup, markup } from './markup.ts';

/** An address that a client has sent, and that no application has. */
export interface UnregisteredUri {
  readonly member: 'redirectUris' | 'postLogoutRedirectUris';
  /** Absent where the client has sent none. */
  readonly given: string | undefined;
  /** Of the application that was asked; absent where any would have done. */
  readonly application: string | undefined;
  readonly registered: readonly string[];
  /** Whether it would be registered if nothing failed on purpose: then no registration helps. */
  readonly hiddenByFault: boolean;
}

/** What the sandbox adds to what PingOne says, for whoever sets the two up. */
export interface Advice {
  /** Below PingOne's words, and apart from them. */
  readonly aside: Markup;
  /** In the log, on one line. */
  readonly notice: string;
}

/** Says what is registered, and how to have the one that was sent registered too. */
export function adviceFor(uri: UnregisteredUri): Advice {
  const { given, application, registered } = uri;
  const sent = given === undefined ? 'none' : shortened(given);
  const owner = application === undefined ? 'any application' : `"${shortened(application)}"`;
  const { text, command } = remedyFor(uri);
  const named = registered.slice(0, mostNamed).map(shortened);
  const others = registered.length - named.length;
  const list = [...named, ...(others > 0 ? [`${others} more`] : [])];
  return {
    notice: `sent: ${sent}; registered with ${owner}: ${list.join(', ') || 'none'}. ${text} ${command ?? ''}`.trim(),
    aside: markup`<section class="users" aria-labelledby="advice"><h2 id="advice">From the sandbox, not from PingOne</h2>
<p>The client has sent ${given === undefined ? sent : markup`<code>${sent}</code>`}. Registered with ${owner}:${list.length === 0 ? ' none.' : undefined}</p>
${list.length > 0 ? markup`<ul>${list.map((one) => markup`<li><code>${one}</code></li>`)}</ul>` : undefined}
<p>${text}</p>
${command === undefined ? undefined : markup`<p><code>${command}</code></p>`}
</section>`,
  };
}

function remedyFor({ member, given, hiddenByFault }: UnregisteredUri): {
  readonly text: string;
  readonly command?: string;
} {
  if (given === undefined) return { text: 'A redirect URI may be left out only where one alone is registered.' };
  if (hiddenByFault) return { text: 'The one that was sent is registered as well; a fault hides that on purpose.' };
  const problem = member === 'redirectUris' ? problemWithRedirectUri(given) : problemWithPostLogoutRedirectUri(given);
  if (problem !== undefined) return { text: `PingOne would not register the one that was sent: it ${problem}.` };
  if (shortened(given) !== given) return { text: 'The one that was sent is none that a person would register.' };
  if (member === 'postLogoutRedirectUris') {
    return {
      text: 'To register it, name it in "postLogoutRedirectUris" of an application in a seed:',
      command: 'ping14c sandbox --seed FILE',
    };
  }
  return {
    text: 'Scheme, host and path must be the same; on localhost and 127.0.0.1 the port may differ. To register it too:',
    command: `ping14c sandbox --redirect-uri ${shellWord(given, process.platform)}`,
  };
}

/** Of more nobody reads. */
const mostNamed = 10;
const longestShown = 300;

/** As it can be shown anywhere: without characters that do something, and no longer than a person reads. */
function shortened(text: string): string {
  const safe = safeText(text);
  return safe.length > longestShown ? `${safe.slice(0, longestShown)}…` : safe;
}
