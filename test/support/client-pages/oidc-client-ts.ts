import { UserManager } from 'oidc-client-ts';
import { page, scope } from './client-page.ts';

const { issuer, clientId, redirectUri, signedOutUri } = page.settings;
const manager = new UserManager({
  authority: issuer,
  client_id: clientId,
  redirect_uri: redirectUri,
  post_logout_redirect_uri: signedOutUri,
  scope,
  loadUserInfo: true,
});

// The library asks in a frame, in which this page runs as well and hands on the answer.
if (page.parent !== page) void manager.signinSilentCallback();

page.client = {
  signIn: () => manager.signinRedirect(),
  signedIn: async () => (await manager.signinRedirectCallback()).access_token,
  userinfo: async () => (await manager.getUser())?.profile,
  renew: async () => (await manager.signinSilent())?.access_token,
  revoke: () => manager.revokeTokens(['access_token']),
  signOut: () => manager.signoutRedirect(),
};
