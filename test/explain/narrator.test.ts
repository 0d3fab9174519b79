import { describe, expect, it } from 'vitest';
import { exchangeTeller } from '../../src/explain/narrator.ts';
import type { HttpExchange } from '../../src/oidc/protocol-events.ts';
import { fc, outsideTextOfAnyLength } from '../support/properties.ts';

const issuer = 'https://auth.pingone.eu/e/as';
const secret = 'the-secret-that-nobody-may-see';

const discovery: HttpExchange = {
  method: 'GET',
  url: `${issuer}/.well-known/openid-configuration`,
  headers: new Headers(),
  form: '',
  status: 200,
  location: undefined,
  answer: JSON.stringify({ issuer, token_endpoint: `${issuer}/token`, constructor: `${issuer}/authorize` }),
};

/** All that is said about this exchange, after discovery. */
function told(exchange: Partial<HttpExchange>): string {
  const tell = exchangeTeller(new Set());
  tell({ kind: 'exchange', exchange: discovery });
  const steps = tell({ kind: 'exchange', exchange: { ...discovery, method: 'POST', answer: '', ...exchange } });
  return steps.map(({ title, lines }) => [title, ...lines].join('\n')).join('\n');
}

describe('an exchange with the server, told', () => {
  it('goes by the addresses that discovery gave, and by nothing else that it named', () => {
    expect(told({ url: `${issuer}/token` })).toContain('Token request\n');
    expect(told({ url: `${issuer}/authorize` })).toContain('A request\n');
  });

  it.each([
    [
      'an answer',
      { answer: JSON.stringify({ refresh_token: secret, device_secret: secret, other: { deep: secret } }) },
    ],
    ['a form', { form: `code=${secret}&client_secret=${secret}&subject_token=${secret}` }],
    ['a header', { headers: new Headers({ authorization: `Basic ${secret}` }) }],
    ['a query', { url: `${issuer}/token?access_token=${secret}` }],
    ['a redirect', { status: 302, location: `https://127.0.0.1/callback?code=${secret}#id_token=${secret}` }],
  ])('shows no secret of %s, known by name or not', (_name, exchange) => {
    expect(told({ url: `${issuer}/token`, ...exchange })).not.toContain(secret);
  });

  it('shows no character that a terminal would obey, whatever the server says', () => {
    const answers = fc.oneof(outsideTextOfAnyLength, fc.json());
    fc.assert(
      fc.property(answers, outsideTextOfAnyLength, (answer, location) => {
        const text = told({ url: `${issuer}/token`, answer, location });
        expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
      }),
    );
  });
});
