import { configDefaults, defineConfig } from 'vitest/config';
import common from '../../vitest.config.ts';

// What may be another on Windows, and what a person does there. Left out, because Wine is slow: the protocol, the sandbox and other
// functions of their arguments, which are the same everywhere. What cannot run: pseudo-terminals (test/terminal), modes, owners
// and links (test/files/own-folder.test.ts), a shell and its scripts (test/streams.test.ts, test/trust), processes that a signal
// stops (test/session/processes.test.ts).
const include = [
  'test/windows/*',
  'test/{cli,config,files,machine,output}/*',
  'test/session/{client-credentials-cache,file-store,keychain-pieces,session-store,shared-failure,stored-record}',
  'test/loopback/{certificate,listener,server,surroundings}',
  'test/http/unreachable',
  'test/commands/{completion,config,doctor,exec,init}',
  'test/{main,smoke,fixtures}',
];

export default defineConfig({
  test: {
    ...common.test,
    include: include.map((files) => `${files}.test.ts`),
    exclude: [...configDefaults.exclude, 'test/files/own-folder.test.ts'],
  },
});
