// `npm run mutants` puts small mistakes into the code, one at a time (StrykerJS), and says which of them no test notices.
//   npm run mutants                             the lines that are not in the last commit
//   npm run mutants -- --since main~5           the lines that are not in that one
//   npm run mutants -- oidc src/http/proxy.ts   whole rooms, or files
//   npm run mutants -- --sample 10 [oidc]       one line in ten of them, drawn with the seed that is printed (--seed repeats it)
//
// The tests of the mutant's own room try it first, and what these let pass is tried by all. A mutant of which nobody could
// see anything stands in equivalent.json, with the reason. Constants of a module are not tried, whenever it is loaded. What
// is told although a test notices it is what only those tests show that vitest.config.ts leaves out.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';

/** @typedef {Awaited<ReturnType<Stryker['runMutationTest']>>[number]} Mutant */
/** @typedef {{ readonly file: string, readonly original: string, readonly replacement: string, readonly reason: string }} Equivalent */

const { values, positionals } = parseArgs({
  options: {
    since: { type: 'string', default: 'HEAD' },
    sample: { type: 'string' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
  },
  allowPositionals: true,
});
/** @type {readonly Equivalent[]} */
const equivalent = JSON.parse(readFileSync('test/mutants/equivalent.json', 'utf8'));

// Properties draw the same for every mutant, so that what is noticed does not depend on luck.
process.env['PING14C_SEED'] = values.seed;

/** Those that keep secrets, or read what comes from outside. */
const rooms = ['oidc', 'loopback', 'session', 'pingone', 'config', 'output', 'http'];

const places = wantedPlaces();
if (places.length === 0) console.log(`There is no line in src that is not in ${values.since}.`);
/** @type {Mutant[]} */
const first = [];
for (const room of new Set(places.map(roomOf))) {
  const ofRoom = places.filter((place) => roomOf(place) === room);
  first.push(...(await tried(ofRoom, room)));
}
const passed = first.filter(isUnnoticed);
const again = passed.length === 0 ? [] : await tried(passed.map(placeOf), '*').catch(untried);
const noticed = new Set(again.filter((mutant) => !isUnnoticed(mutant)).map(keyOf));
report(first.map((mutant) => (noticed.has(keyOf(mutant)) ? { ...mutant, status: 'Killed' } : mutant)));

/** Files of src, or parts of them, as StrykerJS takes them: `src/a.ts:3-5`, `src/a.ts:3:0-5:7`. */
function wantedPlaces() {
  if (positionals.length === 0 && !values.sample) return changedSince(values.since);
  const names = positionals.length > 0 ? positionals : rooms;
  const files = names.flatMap((name) => (name.endsWith('.ts') ? name : filesIn(`src/${name}`)));
  return values.sample ? files.flatMap(linesOf).filter(isDrawn) : files;
}

/** @param {string} file */
function linesOf(file) {
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((_line, index) => `${file}:${index + 1}-${index + 1}`);
}

/** @param {string} place */
function isDrawn(place) {
  const number = createHash('sha256').update(`${values.seed} ${place}`).digest().readUInt32BE();
  return number % Number(values.sample) === 0;
}

/** @param {string} folder */
function filesIn(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => `${folder}/${name}`)
    .filter((path) => path.endsWith('.ts') && statSync(path).isFile());
}

/** @param {string} commit */
function changedSince(commit) {
  const difference = execFileSync('git', ['diff', '--unified=0', '--no-prefix', commit, '--', 'src'], {
    encoding: 'utf8',
  });
  const found = [];
  let file = '';
  for (const line of difference.split('\n')) {
    file = /^\+\+\+ (src\/\S+\.ts)$/.exec(line)?.[1] ?? file;
    const [, start, count = '1'] = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/.exec(line) ?? [];
    if (start && Number(count) > 0) found.push(`${file}:${start}-${Number(start) + Number(count) - 1}`);
  }
  return found;
}

/**
 * @param {readonly string[]} mutate
 * @param {string} room whose tests are to try; `*` for all
 */
async function tried(mutate, room) {
  process.env['PING14C_MUTANTS_ROOM'] = room;
  return new Stryker({
    mutate: [...mutate],
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'test/mutants/vitest.config.ts', related: false },
    coverageAnalysis: 'perTest',
    // What runs once, when a module is loaded (preload.ts), would need a process of its own for each.
    ignoreStatic: true,
    // There is no such file: StrykerJS would rewrite ours with TypeScript's JavaScript interface, which version 7 has not.
    tsconfigFile: 'none.json',
    tempDirName: '.mutants',
    concurrency: 2,
    // A machine that is busy makes a test slow; only what never ends is a time-out.
    timeoutMS: 60_000,
    // All tests one after the other.
    dryRunTimeoutMinutes: 30,
    reporters: ['progress-append-only'],
    allowConsoleColors: false,
  }).runMutationTest();
}

/**
 * Minutes of work are not lost where a test fails without any mutant, as on a machine that is too busy.
 *
 * @param {unknown} error
 * @returns {readonly Mutant[]}
 */
function untried(error) {
  console.log(`\nWhat follows was tried by the tests of its own room alone: ${error}`);
  return [];
}

/** @param {string} path */
function roomOf(path) {
  return path.split('/')[1] ?? '';
}

/** @param {Mutant} mutant */
function isUnnoticed({ status }) {
  return status === 'Survived' || status === 'NoCoverage';
}

/** @param {Mutant} mutant */
function pathOf({ fileName }) {
  return relative('.', fileName).replace(/^\.mutants\/sandbox-[^/]+\//, '');
}

/** @param {Mutant} mutant */
function placeOf(mutant) {
  const { start, end } = mutant.location;
  // Where StrykerJS reports a place, it counts columns from 1, and where it takes one, from 0.
  return `${pathOf(mutant)}:${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`;
}

/** @param {Mutant} mutant */
function keyOf(mutant) {
  return `${placeOf(mutant)} ${mutant.replacement}`;
}

/** @param {Mutant} mutant */
function originalOf(mutant) {
  const { start, end } = mutant.location;
  const lines = readFileSync(pathOf(mutant), 'utf8')
    .split('\n')
    .slice(start.line - 1, end.line);
  lines.push((lines.pop() ?? '').slice(0, end.column - 1));
  return lines.join('\n').slice(start.column - 1);
}

/** @param {Mutant} mutant */
function isEquivalent(mutant) {
  const [file, original] = [pathOf(mutant), originalOf(mutant)];
  return equivalent.some(
    (one) => one.file === file && one.original === original && one.replacement === mutant.replacement,
  );
}

/** @param {readonly Mutant[]} all */
function report(all) {
  const tried = all.filter(({ status }) => ['Killed', 'Timeout', 'Survived', 'NoCoverage'].includes(status));
  const counted = tried.filter((mutant) => !isUnnoticed(mutant) || !isEquivalent(mutant));
  const unnoticed = counted.filter(isUnnoticed);
  for (const mutant of unnoticed) {
    console.log(
      `\n${placeOf(mutant)} ${mutant.mutatorName}${mutant.status === 'NoCoverage' ? ' (no test goes there)' : ''}`,
    );
    console.log(`- ${originalOf(mutant)}\n+ ${mutant.replacement}`);
  }
  console.log('');
  console.log(
    `${values.sample ? `One line in ${values.sample}, drawn` : 'Properties drawn'} with --seed ${values.seed}:`,
  );
  for (const room of new Set(counted.map((mutant) => roomOf(pathOf(mutant))))) {
    const ofRoom = counted.filter((mutant) => roomOf(pathOf(mutant)) === room);
    const noticed = ofRoom.filter((mutant) => !isUnnoticed(mutant)).length;
    console.log(`${room}: ${noticed} of ${ofRoom.length} noticed, ${Math.round((100 * noticed) / ofRoom.length)} %`);
  }
}
