import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alertmanagerConfig } from '@bulkwatch/infra';
import { freePort, type RunningProcess, startProcess } from '@bulkwatch/testkit';
import { stringify } from 'yaml';
import { pathOf } from './infra-files.js';

/** What a receiver was told. */
export interface Notice {
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  readonly alertname: string;
  readonly runbook: string;
}

export interface LiveAlertmanager {
  readonly port: number;
  /** Everything that receivers were told, the oldest first. */
  readonly notices: readonly Notice[];
  /** Gives it alerts, as Prometheus does. */
  tell(alerts: readonly Readonly<Record<string, string>>[]): Promise<void>;
  /** Names of the alerts that are kept quiet now, because others fire. */
  inhibited(): Promise<readonly string[]>;
  /** What it says of itself. */
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

interface Body {
  readonly receiver: string;
  readonly alerts: readonly {
    readonly status: Notice['status'];
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  }[];
}

/** Starts Alertmanager with our configuration, waiting as `waits` says, and telling receivers on loopback. */
export async function startAlertmanager(
  waits: (seconds: number) => number,
): Promise<LiveAlertmanager> {
  const folder = mkdtempSync(join(tmpdir(), 'bulkwatch-alertmanager-'));
  const receivers = await startReceivers();
  const config = alertmanagerConfig(
    {
      page: receivers.configFor('page'),
      ticket: receivers.configFor('ticket'),
      watchdog: receivers.configFor('watchdog'),
    },
    waits,
  );
  const file = join(folder, 'alertmanager.yml');
  writeFileSync(file, stringify(config));
  cpSync(pathOf('infra/alertmanager/templates'), join(folder, 'templates'), { recursive: true });
  const port = await freePort();
  const running = await startFirst(
    ['prometheus-alertmanager', 'alertmanager'],
    [
      `--config.file=${file}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
  );
  const api = `http://127.0.0.1:${port}/api/v2/alerts`;
  return {
    port,
    notices: receivers.notices,
    async tell(alerts) {
      const response = await fetch(api, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(alerts.map((labels) => ({ labels }))),
      });
      if (!response.ok) throw new Error(`telling: ${response.status} ${await response.text()}`);
    },
    async inhibited() {
      const alerts = (await (await fetch(`${api}?active=false&inhibited=true`)).json()) as {
        labels: { alertname: string };
        status: { inhibitedBy: string[] };
      }[];
      return alerts
        .filter(({ status }) => status.inhibitedBy.length > 0)
        .map(({ labels }) => labels.alertname);
    },
    metrics: async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text(),
    async stop() {
      await running.kill();
      await receivers.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startFirst(commands: readonly string[], args: string[]): Promise<RunningProcess> {
  for (const command of commands) {
    try {
      return await startProcess({ command, args, readyWhen: /Listening/ });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new Error('Alertmanager is not on PATH: install it.');
}

/** Something that listens in place of whoever is woken. */
async function startReceivers() {
  const notices: Notice[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { receiver, alerts } = JSON.parse(Buffer.concat(chunks).toString()) as Body;
    for (const { status, labels, annotations } of alerts)
      notices.push({
        receiver,
        status,
        alertname: labels['alertname'] ?? '',
        runbook: annotations['runbook_url'] ?? '',
      });
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    notices,
    configFor: (name: string) => ({
      webhook_configs: [{ url: `http://127.0.0.1:${port}/${name}` }],
    }),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
