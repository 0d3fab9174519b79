import { oidc } from '@forgerock/oidc-client';
import { page, scope } from './client-page.ts';

const { issuer, clientId, redirectUri, par } = page.settings;

async function sdk() {
  const client = await oidc({
    config: {
      clientId,
      redirectUri,
      scope,
      par,
      serverConfig: { wellknown: `${issuer}/.well-known/openid-configuration` },
    },
  });
  if ('error' in client) throw new Error(client.error);
  return client;
}

function accessToken(tokens: object): unknown {
  return 'accessToken' in tokens ? tokens.accessToken : tokens;
}

page.client = {
  async signIn() {
    const url = await (await sdk()).authorize.url();
    page.location.assign(String(url));
  },
  async signedIn() {
    const { searchParams } = new URL(page.location.href);
    const [code, state] = [searchParams.get('code') ?? '', searchParams.get('state') ?? ''];
    return accessToken(await (await sdk()).token.exchange(code, state));
  },
  userinfo: async () => (await sdk()).user.info(),
  renew: async () => accessToken(await (await sdk()).token.get({ backgroundRenew: true, forceRenew: true })),
  revoke: async () => (await sdk()).token.revoke(),
  signOut: async () => (await sdk()).user.logout(),
  session: async () => (await sdk()).user.session({ responseType: 'id_token' }),
};
