import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from '@bulkwatch/runtime';
import { selfSignedCertificate } from '@bulkwatch/simulator';
import { openDiagnosis } from '@bulkwatch/store';
import {
  freePort,
  startRedis,
  startRedisCluster,
  startSentinelHouse,
  tellRedis,
} from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readText } from './support/infra-files.js';

/** The examples of docs/redis.md, as they stand there but for hosts, ports and folders, each against a Redis of its kind. */
const page = readText('docs/redis.md');
const examplesBelow = (heading: string): string[] => {
  const [, chapter = ''] = page.split(`\n## ${heading}\n`);
  return [...(chapter.split('\n## ')[0] ?? '').matchAll(/```sh\n([^]*?)```/g)].map(
    ([, example = '']) => example,
  );
};

let folder: string;
const closers: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bulkwatch-page-'));
  const [server, client] = ['redis.example.org', 'bulkwatch'].map(selfSignedCertificate);
  const files = {
    'redis-ca.pem': server?.cert,
    'server-key.pem': server?.key,
    'redis-client.pem': client?.cert,
    'redis-client-key.pem': client?.key,
    'redis-password': 'of-the-worker\n',
    'sentinel-password': 'of-the-sentinels\n',
  };
  for (const [name, text = ''] of Object.entries(files)) await writeFile(join(folder, name), text);
});
afterAll(async () => {
  for (const close of closers) await close();
  await rm(folder, { recursive: true, force: true });
});

/** The worker's user as we ship it, and whatever is added to it. */
async function addWorker(port: number, ...more: string[]): Promise<void> {
  const line = readText('infra/redis/users.acl')
    .split('\n')
    .find((one) => one.startsWith('user bulkwatch-worker '));
  await tellRedis(
    port,
    `ACL SETUSER ${line?.slice('user '.length)} >of-the-worker ${more.join(' ')}`,
  );
}

/** What is found of the Redis that an example leads to: each topic, and how it is there. */
async function tryOut(example: string): Promise<Record<string, string>> {
  const text = example.replaceAll(/\/(run\/secrets|etc\/bulkwatch)\//g, `${folder}/`);
  const env = Object.fromEntries(
    text
      .trim()
      .split('\n')
      .map((line) => line.split('=') as [string, string]),
  );
  const diagnosis = await openDiagnosis(loadSettings('cli', env), 5_000);
  expect(diagnosis.user).toBe('bulkwatch-worker');
  const findings = await diagnosis.requirements();
  expect((await diagnosis.lackingRights()).worker).toEqual([]);
  diagnosis.close();
  return Object.fromEntries(findings.map(({ topic, level }) => [topic, level]));
}

const well = { version: 'ok', role: 'ok', topology: 'ok', eviction: 'ok', durability: 'ok' };
const tlsFiles = () => ({
  'tls-cert-file': join(folder, 'redis-ca.pem'),
  'tls-key-file': join(folder, 'server-key.pem'),
});

describe('the examples of docs/redis.md', () => {
  it('of a single Redis', async () => {
    const [simple = '', withCertificate = ''] = examplesBelow('A single one');
    for (const [example, settings] of [
      [simple, { 'tls-auth-clients': 'no' }],
      [withCertificate, { 'tls-ca-cert-file': join(folder, 'redis-client.pem') }],
    ] as const) {
      const tlsPort = await freePort();
      const redis = await startRedis({
        settings: { 'tls-port': String(tlsPort), ...tlsFiles(), ...settings },
      });
      closers.push(() => redis.stop());
      await addWorker(redis.port);
      const named = example.replace('redis.example.org:6379', `127.0.0.1:${tlsPort}`);
      expect(named).not.toBe(example);
      const env = `${named}BULKWATCH_REDIS_SERVER_NAME=redis.example.org\n`;
      expect(await tryOut(env)).toEqual(well);
    }
  });

  it('of Sentinels', async () => {
    const tls = { certFile: tlsFiles()['tls-cert-file'], keyFile: tlsFiles()['tls-key-file'] };
    const house = await startSentinelHouse({ tls, sentinelPassword: 'of-the-sentinels' });
    closers.push(house.stop);
    await addWorker(house.primary.port);
    const [example = ''] = examplesBelow('Sentinel');
    const named = example.replace(/sentinel-1\S+/, house.sentinels.join(','));
    expect(await tryOut(named)).toEqual(well);
  });

  it('of a cluster, of our own and managed', async () => {
    const tls = { certFile: tlsFiles()['tls-cert-file'], keyFile: tlsFiles()['tls-key-file'] };
    const cluster = await startRedisCluster({ tls });
    closers.push(cluster.stop);
    const [example = ''] = examplesBelow('Cluster');
    const [managed = ''] = examplesBelow('Managed services');
    const nodes = cluster.nodes.map(({ tlsPort }) => `127.0.0.1:${tlsPort}`);
    const others = nodes.filter((_, index) => index !== 1).join(',');
    const [first = ''] = nodes;
    const named = example.replace(/(?<=NODES=).*/, others);
    const authority = `BULKWATCH_REDIS_CA_FILE=${tls.certFile}\nBULKWATCH_REDIS_SERVER_NAME=redis.example.org\n`;

    for (const { port } of cluster.nodes) await addWorker(port);
    await expect(tryOut(named)).rejects.toThrow('NOPERM');
    for (const { port } of cluster.nodes) await addWorker(port, '+cluster|slots');
    expect(await tryOut(named)).toEqual(well);
    expect(await tryOut(managed.replace(/(?<=NODES=).*/, first) + authority)).toEqual(well);
  });
});
