const { writeFileSync } = require('node:fs');

// Preloaded with `node --require`: at the end it writes which files were loaded, and which of Node's own modules, to the file
// that LOADED_MODULES names.

const own = __filename;
process.on('exit', () => {
  const files = Object.keys(require.cache).filter((file) => file !== own);
  const builtin = process.moduleLoadList.flatMap((entry) => /^NativeModule (.+)$/.exec(entry)?.[1] ?? []);
  writeFileSync(process.env.LOADED_MODULES, JSON.stringify({ files, builtin }));
});
