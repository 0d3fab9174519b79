import { Config, FRUser, OAuth2Client, TokenManager, UserManager } from '@forgerock/javascript-sdk';
import { page, scope } from './client-page.ts';

const { issuer, clientId, redirectUri, signedOutUri } = page.settings;

const configured = () =>
  Config.setAsync({
    clientId,
    redirectUri,
    scope,
    serverConfig: { wellknown: `${issuer}/.well-known/openid-configuration` },
  });

async function accessToken(options: Parameters<typeof TokenManager.getTokens>[0]): Promise<unknown> {
  await configured();
  return (await TokenManager.getTokens(options))?.accessToken;
}

page.client = {
  // First it tries in a frame, and goes there itself when it hears that nobody is signed on.
  signIn: () => accessToken({ login: 'redirect' }),
  signedIn: () => accessToken({ query: Object.fromEntries(new URL(page.location.href).searchParams) }),
  userinfo: async () => {
    await configured();
    return UserManager.getCurrentUser();
  },
  renew: () => accessToken({ forceRenew: true }),
  revoke: async () => {
    await configured();
    const { status } = await OAuth2Client.revokeToken();
    return status;
  },
  signOut: async () => {
    await configured();
    await FRUser.logout({ logoutRedirectUri: signedOutUri });
  },
  signOutHere: async () => {
    await configured();
    const { status } = await OAuth2Client.endSession({ redirect: false });
    return status;
  },
};
