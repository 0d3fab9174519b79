import { readdirSync } from 'node:fs';

// A constant belongs to whoever loads its module. Loaded late, by import(), it would count for the first test that gets there
// alone, and be told as unnoticed where that one looks at something else. So all are there before any test begins.
for (const name of readdirSync('src', { recursive: true, encoding: 'utf8' })) {
  if (name.endsWith('.ts')) await import(`../../src/${name}`);
}
