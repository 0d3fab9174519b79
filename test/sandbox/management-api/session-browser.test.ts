import { expect, it } from 'vitest';
import { sessionBrowser } from '../../../src/sandbox/management-api/session-browser.ts';

const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const phone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const android = 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)';
const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)';

it.each([
  [`${windows} Chrome/142.0.0.0 Safari/537.36`, 'Chrome', '142.0.0.0', 'Windows', 'Computer'],
  [`${windows} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0`, 'Edge', '142.0.0.0', 'Windows', 'Computer'],
  [`${mac} Version/18.1 Safari/605.1.15`, 'Safari', '18.1', 'macOS', 'Computer'],
  [`${phone} Version/18.0 Mobile/15E148 Safari/604.1`, 'Safari', '18.0', 'iOS', 'Mobile'],
  [`${android} Chrome/142.0.0.0 Mobile Safari/537.36`, 'Chrome', '142.0.0.0', 'Android', 'Mobile'],
  [`${android} Chrome/142.0.0.0 Safari/537.36`, 'Chrome', '142.0.0.0', 'Android', 'Tablet'],
  [
    'Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/142.0.0.0 Safari/537.36',
    'Chrome',
    '142.0.0.0',
    'Linux',
    'Computer',
  ],
  ['python-requests/2.32.0', 'python-requests', '2.32.0', 'Unknown', 'Unknown'],
  ['node', 'node', undefined, 'Unknown', 'Unknown'],
  ['', 'Unknown', undefined, 'Unknown', 'Unknown'],
])('%s is %s %s', (userAgent, name, version, system, type) => {
  expect(sessionBrowser(userAgent)).toEqual({
    browser: { name, version },
    operatingSystem: { name: system },
    device: { type },
  });
});

it('reads no more than a thousand characters, however long a client makes it', () => {
  const name = 'curl/8.5.0 ';
  expect(sessionBrowser(`${name.padEnd(999)}X11`).operatingSystem.name).toBe('Unknown');
  expect(sessionBrowser(`${name.padEnd(990)}X11`).operatingSystem.name).toBe('Linux');
});
