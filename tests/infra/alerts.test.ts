import { commandTable } from '@bulkwatch/cli';
import { describe, expect, it } from 'vitest';
import { alertNames, alertRules } from './support/alert-rules.js';
import { filesOf, readJson, readText } from './support/infra-files.js';

interface Shown {
  readonly title: string;
  readonly uid?: string;
  readonly panels?: readonly Shown[];
}
const dashboards = filesOf('infra/grafana/dashboards', '.json').map((name) =>
  readJson<Shown>(`infra/grafana/dashboards/${name}`),
);
/** As people call them. */
const titlesOf = ({ title, panels = [] }: Shown): string[] => [
  title.replace(/^Bulkwatch: (?:the |a )?/, '').toLowerCase(),
  ...panels.flatMap(titlesOf),
];

const named = alertRules.map((rule) => ({
  ...rule,
  named: [rule.alert, rule.labels['window'], rule.labels['severity']].filter(Boolean).join(' '),
}));

describe.each(named)('$named', ({ alert, labels, annotations, for: wait }) => {
  it('says how bad it is, what happened, and what to do', () => {
    expect(labels['severity']).toMatch(/^(critical|warning|none)$/);
    expect(annotations['summary']).toMatch(/\S.*\.$/);
    expect(annotations['description']).toMatch(/\S.*\.$/);
    expect(annotations['runbook_url']).toBe(`docs/runbooks/${alert}.md`);
    expect(dashboards.map(({ uid }) => `/d/${uid}`)).toContain(annotations['dashboard']);
  });

  it('waits until it is sure, unless it asks for nothing', () => {
    if (labels['severity'] === 'none') expect(wait).toBeUndefined();
    else expect(wait).toMatch(/^[1-9]\d*[mhd]$/);
  });
});

describe.each(alertNames)('the runbook of %s', (alert) => {
  const text = readText(`docs/runbooks/${alert}.md`);
  const severities = alertRules
    .filter((rule) => rule.alert === alert)
    .map(({ labels }) => labels['severity']);

  it('has every part that one is looked up for', () => {
    expect(text.split('\n')[0]).toBe(`# ${alert}`);
    expect(text.match(/^## .+$/gm)).toEqual([
      '## What it means',
      '## What users feel',
      '## Look here first',
      '## Do this',
      '## When to wake whom',
    ]);
    for (const part of text.split(/^## .+$/m).slice(1)) expect(part.trim()).toMatch(/[.?`|]$/);
  });

  it('wakes somebody at once where the alert does', () => {
    const whom = text.split('## When to wake whom')[1] ?? '';
    if (severities.includes('critical')) expect(whom).toMatch(/\bat once\b/i);
    else expect(whom).toMatch(/\bNobody\b/);
  });
});

describe('runbooks', () => {
  const runbooks = filesOf('docs/runbooks', '.md');

  it('are there for alerts and for nothing else', () => {
    expect(runbooks).toEqual(alertNames.map((name) => `${name}.md`).sort());
  });

  it.each(runbooks)('%s shows only dashboards and panels that exist', (name) => {
    const text = readText(`docs/runbooks/${name}`).replaceAll('\n', ' ');
    const shown = [...text.matchAll(/Grafana, ((?:\*[^*]+\*(?:, )?)+)/g)].flatMap(
      ([, titles = '']) =>
        [...titles.matchAll(/\*([^*]+)\*/g)].map(([, title = '']) => title.toLowerCase()),
    );
    expect(dashboards.flatMap(titlesOf)).toEqual(expect.arrayContaining(shown));
  });

  it.each(runbooks)('%s asks the api by commands that there are, which have a key', (name) => {
    const text = readText(`docs/runbooks/${name}`);
    expect(text).not.toMatch(/curl [^`]*\/v1\//);
    for (const [, command = ''] of text.matchAll(/`bulkwatch ([^`]+)`/g)) {
      const words = command.replaceAll('\n', ' ').split(' ');
      const known = commandTable.filter(({ name }) => command.startsWith(name));
      expect(known, command).toHaveLength(1);
      const options = Object.keys(known[0]?.options ?? {}).map((option) => `--${option}`);
      const asked = words.filter((word) => word.startsWith('--'));
      expect(options, command).toEqual(expect.arrayContaining(asked));
    }
  });

  it.each(runbooks)('%s links only to runbooks that exist', (name) => {
    const links = [...readText(`docs/runbooks/${name}`).matchAll(/\]\(([^)/]+)\)/g)];
    expect(runbooks).toEqual(expect.arrayContaining(links.map(([, target]) => target)));
  });
});
