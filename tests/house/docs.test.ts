import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { commandTable } from '@bulkwatch/cli';
import { events, jobStates, pollHealths, reasonNames } from '@bulkwatch/contract';
import { metricsTable, settingsTable } from '@bulkwatch/runtime';
import { describe, expect, it } from 'vitest';
import { filesAt, type HouseFile, root, textOf } from './house-files.js';

const settings = new Set(
  settingsTable.flatMap((row) => [row.env, ...('secret' in row ? [`${row.env}_FILE`] : [])]),
);
/** Read by scripts/ alone; no service knows it. */
settings.add('BULKWATCH_NO_INSTALL');
const metrics = new Set<string>(metricsTable.map(({ name }) => name));

/** Where people read or write the names of settings and metrics. */
const told = filesAt(/\.(md|ya?ml|json|mjs|sh|env)$|(^|\/)(Dockerfile|\.env\.example)$/);

/** Names of settings that no table has: typing errors, or settings of the past. */
function unknownSettings({ path, text }: HouseFile): string[] {
  return [...new Set(text.match(/\bBULKWATCH_[A-Z0-9_]*[A-Z0-9]\b(?![_*])/g))]
    .filter((name) => !settings.has(name))
    .map((name) => `${path} names ${name}`);
}

/** Names of metrics that no table has; those of a histogram gain an ending, those of a rule have colons. */
function unknownMetrics({ path, text }: HouseFile): string[] {
  return [...new Set(text.match(/(?<![\w:/{@.-])bulkwatch_[a-z0-9_]*[a-z0-9]\b(?![_*:])/g))]
    .filter((name) => !metrics.has(name) && !metrics.has(name.replace(/_(bucket|sum|count)$/, '')))
    .map((name) => `${path} names ${name}`);
}

/** Links of a page to files that are not there. */
function deadLinks({ path, text }: HouseFile): string[] {
  const prose = text.replace(/```[^]*?```/g, '');
  return [...prose.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)]
    .map((match) => match[1] ?? '')
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => !existsSync(join(root, dirname(path), target)))
    .map((target) => `${path} links to ${target}`);
}

describe('the generated pages name', () => {
  it.each([
    ['docs/configuration.md', settingsTable.map(({ env }) => env)],
    ['.env.example', settingsTable.map(({ env }) => env)],
    ['docs/metrics.md', [...metrics]],
    ['docs/reasons.md', reasonNames],
    ['docs/events.md', Object.values(events).map(({ type }) => type)],
    ['docs/states.md', [...jobStates, ...pollHealths]],
    ['docs/cli.md', commandTable.map(({ name }) => name)],
  ])('in %s everything that its table holds', (page, names) => {
    const text = textOf(page);

    expect(names.length).toBeGreaterThan(4);
    expect(names.filter((name) => !text.includes(name))).toEqual([]);
  });
});

describe('no page, script or configuration', () => {
  it('names a setting that does not exist', () => {
    expect(told.flatMap(unknownSettings)).toEqual([]);
  });

  it('names a metric that does not exist', () => {
    expect(told.flatMap(unknownMetrics)).toEqual([]);
  });

  it('links to a file that is not there', () => {
    expect(filesAt(/\.md$/).flatMap(deadLinks)).toEqual([]);
  });
});

it('would see each of these', () => {
  const page = (text: string) => ({ path: 'docs/page.md', text });

  expect(unknownSettings(page('set BULKWATCH_REDIS_URI and BULKWATCH_REDIS_URL'))).toHaveLength(1);
  expect(
    unknownMetrics(page('rate(bulkwatch_poll_total[5m]), bulkwatch_polls_total')),
  ).toHaveLength(1);
  expect(deadLinks(page('[here](missing.md) [there](https://example.org)'))).toHaveLength(1);
});
