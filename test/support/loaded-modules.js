import { appendFileSync } from 'node:fs';
import { register } from 'node:module';

// Preloaded with `node --import`: writes the URL of every module that is loaded to the file LOADED_MODULES.

const log = process.env.LOADED_MODULES;
if (log) {
  const hooks = `
    import { appendFileSync } from 'node:fs';
    export async function load(url, context, next) {
      appendFileSync(${JSON.stringify(log)}, url + '\\n');
      return next(url, context);
    }`;
  appendFileSync(log, '');
  register(`data:text/javascript,${encodeURIComponent(hooks)}`);
}
