import { expect, it } from 'vitest';
import { UsageError } from './command-error.js';
import { openClient } from './open-client.js';

const key = { BULKWATCH_API_KEY: 'bwk_0123456789abcdef_x' };

function warnings(env: Record<string, string>, apiUrl?: string): string[] {
  const warned: string[] = [];
  openClient({ env, apiUrl, warn: (line) => void warned.push(line) });
  return warned;
}

it.each([
  ['to this machine', key, 'http://127.0.0.1:8080', 0],
  ['over https', key, 'https://bulkwatch.example.org', 0],
  ['without a key', {}, 'http://bulkwatch.example.org', 0],
  ['in clear', key, 'http://bulkwatch.example.org', 1],
])('warns where a key is sent in clear: %s', (_how, env, apiUrl, count) => {
  expect(warnings(env, apiUrl)).toHaveLength(count);
  expect(warnings({ ...env, BULKWATCH_API_URL: apiUrl })).toHaveLength(count);
  expect(warnings(env, apiUrl).join()).not.toContain('bwk_');
});

it.each(['bulkwatch.example.org', 'ftp://x', 'https://me:hush@bulkwatch.example.org'])(
  'refuses %s as the URL, and does not quote it',
  (apiUrl) => {
    const open = () => warnings(key, apiUrl);

    expect(open).toThrow(UsageError);
    expect(open).not.toThrow(/hush/);
  },
);
