import type { SandboxResponse } from '../exchange.ts';
import { markup, page } from './page.ts';

/** Posts the answer to the application (OAuth 2.0 Form Post Response Mode, section 2); by hand where no script runs. */
export function formPostPage(redirectUri: string, parameters: URLSearchParams): SandboxResponse {
  return page({
    title: 'Going back',
    card: markup`<h1>Going back to the application</h1>
<p class="lead">If nothing happens, press the button.</p>
<form method="post" action="${redirectUri}">
${[...parameters].map(([name, value]) => markup`<input type="hidden" name="${name}" value="${value}">`)}
<div class="actions"><button class="primary" autofocus>Continue</button></div>
</form>`,
    formTarget: redirectUri,
    script: 'document.forms[0].submit()',
  });
}
