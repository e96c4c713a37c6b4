import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alerts, inhibitions, receiverNames } from '@bulkwatch/infra';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { alertNames, alertRules } from './support/alert-rules.js';
import { amtool } from './support/amtool.js';
import type { ComposeFile } from './support/compose-file.js';
import { filesOf, pathOf, readText, readYaml } from './support/infra-files.js';

const files = filesOf('infra/alertmanager', '.yml');
const shipped = pathOf('infra/alertmanager/alertmanager.yml');
const templates = pathOf('infra/alertmanager/templates/bulkwatch.tmpl');

const folder = mkdtempSync(join(tmpdir(), 'bulkwatch-alertmanager-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Checks a configuration. The amtool of Debian is older than `url_file` of webhooks, and is given a URL instead. */
function check(text: string): void {
  const file = join(folder, 'checked.yml');
  cpSync(pathOf('infra/alertmanager/templates'), join(folder, 'templates'), { recursive: true });
  writeFileSync(file, text.replaceAll(/\burl_file: .*/g, 'url: http://127.0.0.1/'));
  amtool('check-config', file);
}

describe.each(files)('%s', (name) => {
  const text = readText(`infra/alertmanager/${name}`);

  it('is right', () => check(text));

  it('differs from the others only in how somebody is told', () => {
    const { receivers, ...rest } = parse(text) as { receivers: { name: string }[] };
    const { receivers: _, ...usual } = readYaml<{ receivers: unknown }>(
      'infra/alertmanager/alertmanager.yml',
    );
    expect(rest).toEqual(usual);
    expect(receivers.map((receiver) => receiver.name)).toEqual(receiverNames);
  });

  it('holds no secret, but says in which file it is', () => {
    expect(text).not.toMatch(/^\s*(- )?(url|api_url|routing_key|service_key|password): /m);
    for (const [, path] of text.matchAll(/_?file: (.*)/g))
      expect(path).toMatch(/^\/run\/alerting\/[\w-]+$/);
  });
});

it('what docs/alerts.md shows of receivers is right', () => {
  const config = readYaml<object>('infra/alertmanager/alertmanager.yml');
  const [, snippet = ''] = /```yaml\n([^]*?)```/.exec(readText('docs/alerts.md')) ?? [];
  const shown = parse(snippet) as { receivers: { name: string }[] };
  expect(shown.receivers.map(({ name }) => name)).toEqual(receiverNames);
  check(stringify({ ...config, ...shown }));
});

it('would see a configuration that is wrong', () => {
  const config = readYaml<object>('infra/alertmanager/alertmanager.yml');
  expect(() => check(stringify({ ...config, route: { receiver: 'nobody' } }))).toThrow(/nobody/);
});

describe('routes', () => {
  const receiverOf = (labels: Readonly<Record<string, string>>): string =>
    amtool(
      'config',
      'routes',
      'test',
      `--config.file=${shipped}`,
      ...Object.entries(labels).map(([label, value]) => `${label}=${value}`),
    ).trim();
  const expected = { critical: 'page', warning: 'ticket', none: 'watchdog' } as const;

  it.each(alertRules.map((rule, number) => ({ ...rule, number })))(
    'lead $alert ($number) to who has to act on it',
    ({ alert, labels }) => {
      const severity = labels['severity'] as keyof typeof expected;
      expect(receiverOf({ ...labels, alertname: alert })).toBe(expected[severity]);
    },
  );

  it('lead what is not of ours to somebody who looks at it', () => {
    expect(receiverOf({ alertname: 'Other' })).toBe('ticket');
    expect(receiverOf({ alertname: 'Other', severity: 'info' })).toBe('ticket');
  });
});

describe('inhibition', () => {
  it('is of alerts that exist, by causes that wake somebody', () => {
    const mentioned = JSON.stringify(inhibitions()).match(/\bBulkwatch\w+/g) ?? [];
    expect(mentioned.length).toBeGreaterThan(5);
    expect(alertNames).toEqual(expect.arrayContaining(mentioned));
    for (const { severity, hushes } of alerts)
      if (hushes !== undefined) expect(severity).toBe('critical');
  });

  it('leaves no alert quiet by itself, and none by its own consequence', () => {
    const quiet = new Map(
      alerts.map(({ name, hushes = [] }) => [name as string, hushes.flatMap(({ names }) => names)]),
    );
    const follows = (cause: string): string[] =>
      (quiet.get(cause) ?? []).flatMap((name) => [name, ...follows(name)]);
    for (const name of quiet.keys()) expect(follows(name)).not.toContain(name);
  });

  it('names scrape jobs that the cause has', () => {
    // A metric of both services has the label; one that is aggregated has not.
    for (const { hushes = [], expr } of alerts)
      for (const { job } of hushes)
        if (job !== undefined) expect(expr).not.toMatch(/\b(max|min|sum|absent)\b/);
  });
});

describe('messages', () => {
  const render = (text: string, data: object): string => {
    const file = join(folder, 'data.json');
    writeFileSync(file, JSON.stringify(data));
    return amtool(
      'template',
      'render',
      `--template.glob=${templates}`,
      `--template.text=${text}`,
      `--template.data=${file}`,
    ).trim();
  };
  const alert = (status: string, instance: string) => ({
    status,
    labels: { alertname: 'BulkwatchRedisDown', severity: 'critical', instance },
    annotations: {
      summary: 'Redis is away.',
      description: `${instance} has had no answer.`,
      runbook_url: 'docs/runbooks/BulkwatchRedisDown.md',
      dashboard: '/d/bulkwatch-internals',
    },
  });
  const message = (status: string, instances: readonly string[]) => ({
    status,
    alerts: instances.map((instance) => alert(status, instance)),
    commonLabels: { alertname: 'BulkwatchRedisDown', severity: 'critical' },
    commonAnnotations: alert(status, '').annotations,
  });
  const title = '{{ template "bulkwatch.title" . }}';
  const text = '{{ template "bulkwatch.text" . }}';

  it('say in one line what is wrong, and how often', () => {
    expect(render(title, message('firing', ['w1']))).toBe(
      'Now: Redis is away. [BulkwatchRedisDown]',
    );
    expect(render(title, message('resolved', ['w1', 'w2']))).toBe(
      'Over: Redis is away. (and 1 more) [BulkwatchRedisDown]',
    );
  });

  it('say where, what to do, and where to look', () => {
    expect(render(text, message('firing', ['w1', 'w2']))).toBe(
      [
        'w1 has had no answer.',
        'w2 has had no answer.',
        'What to do: docs/runbooks/BulkwatchRedisDown.md',
        'What is to be seen: http://127.0.0.1:3000/d/bulkwatch-internals',
      ].join('\n'),
    );
  });

  it('are named as the configurations name them', () => {
    const named = [
      ...readText('infra/alertmanager/pagerduty-and-slack.yml').matchAll(/template "([\w.]+)"/g),
    ];
    expect(named.length).toBeGreaterThan(2);
    for (const [, name] of named)
      expect(readText('infra/alertmanager/templates/bulkwatch.tmpl')).toContain(`define "${name}"`);
  });
});

describe('in compose', () => {
  const { alertmanager } = readYaml<ComposeFile>('docker-compose.yml').services;

  it('the configuration is the one that tells nobody, unless another is chosen', () => {
    const [argument = ''] = alertmanager?.command ?? [];
    const [, folderInside = '', name = ''] =
      /=(.*)\/\$\{ALERTMANAGER_CONFIG:-(.*)\}$/.exec(argument) ?? [];
    expect(files).toContain(name);
    expect(alertmanager?.volumes).toContain(`./infra/alertmanager:${folderInside}:ro`);
    for (const { name: receiver, ...told } of readYaml<{ receivers: { name: string }[] }>(
      `infra/alertmanager/${name}`,
    ).receivers)
      expect(told, receiver).toEqual({});
  });

  it('secrets are in the deployment, where the configurations look for them', () => {
    expect(
      alertmanager?.volumes?.some((volume) => volume.endsWith('/alerting:/run/alerting:ro')),
    ).toBe(true);
  });
});
