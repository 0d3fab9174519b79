import completion from '../output/schemas/completion.json' with { type: 'json' };
import configChange from '../output/schemas/config-change.json' with { type: 'json' };
import configGet from '../output/schemas/config-get.json' with { type: 'json' };
import configList from '../output/schemas/config-list.json' with { type: 'json' };
import configPath from '../output/schemas/config-path.json' with { type: 'json' };
import demo from '../output/schemas/demo.json' with { type: 'json' };
import doctor from '../output/schemas/doctor.json' with { type: 'json' };
import failure from '../output/schemas/failure.json' with { type: 'json' };
import init from '../output/schemas/init.json' with { type: 'json' };
import login from '../output/schemas/login.json' with { type: 'json' };
import loginDryRun from '../output/schemas/login-dry-run.json' with { type: 'json' };
import logout from '../output/schemas/logout.json' with { type: 'json' };
import logoutAll from '../output/schemas/logout-all.json' with { type: 'json' };
import passwd from '../output/schemas/passwd.json' with { type: 'json' };
import passwdCheck from '../output/schemas/passwd-check.json' with { type: 'json' };
import profileChange from '../output/schemas/profile-change.json' with { type: 'json' };
import profileList from '../output/schemas/profile-list.json' with { type: 'json' };
import sandbox from '../output/schemas/sandbox.json' with { type: 'json' };
import sandboxFaults from '../output/schemas/sandbox-faults.json' with { type: 'json' };
import status from '../output/schemas/status.json' with { type: 'json' };
import token from '../output/schemas/token.json' with { type: 'json' };
import tokenDecode from '../output/schemas/token-decode.json' with { type: 'json' };
import tokenId from '../output/schemas/token-id.json' with { type: 'json' };
import tokenIntrospect from '../output/schemas/token-introspect.json' with { type: 'json' };
import trust from '../output/schemas/trust.json' with { type: 'json' };
import trustList from '../output/schemas/trust-list.json' with { type: 'json' };
import whoami from '../output/schemas/whoami.json' with { type: 'json' };

/** Every document that `--json` prints, and the one of failures: its schema's file, and what it is of. */
export const jsonDocuments = [
  completion,
  configChange,
  configGet,
  configList,
  configPath,
  demo,
  doctor,
  failure,
  init,
  loginDryRun,
  login,
  logoutAll,
  logout,
  passwdCheck,
  passwd,
  profileChange,
  profileList,
  sandboxFaults,
  sandbox,
  status,
  tokenDecode,
  tokenId,
  tokenIntrospect,
  token,
  trustList,
  trust,
  whoami,
].map(({ $id, title }) => ({ file: `${$id.split(':')[2]}.json`, title }));
