import { safeText } from '../../output/safe-text.ts';
import type { Environment } from '../environment.ts';
import { type Markup, markup } from './page.ts';

/** Who there is to sign in as, with passwords: this is a sandbox, and its users are made up. */
export function usersBox({ seed }: Environment): Markup {
  return markup`<details>
<summary>Who can sign in? ${seed.users.length} made-up users</summary>
<dl>${seed.users.map(
    ({ username, password, identityProvider, note }) => markup`<div>
<dt>${safeText(username)} ${secret(password?.value, identityProvider !== undefined)}</dt>
<dd>${note}</dd></div>`,
  )}</dl>
</details>`;
}

function secret(password: string | undefined, external: boolean): Markup {
  if (password !== undefined) return markup`<code>${password}</code>`;
  return external ? markup`<span>any password</span>` : markup`<span>no password</span>`;
}
