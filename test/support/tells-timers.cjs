// Preloaded with `node --require`: says so whenever a timer of the program has run out.
const { setTimeout } = globalThis;
globalThis.setTimeout = (task, ms, ...given) =>
  setTimeout(() => {
    process.stderr.write(`waited ${ms} ms\n`);
    task(...given);
  }, ms);
