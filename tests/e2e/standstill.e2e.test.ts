import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExportEvent } from '@bulkwatch/contract';
import type { ExportScript } from '@bulkwatch/simulator';
import { eventually } from '@bulkwatch/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Fleet, startFleet } from './fleet.js';

/** A standstill of more than 0.72 s is one. */
const presets = { hasty: { extends: 'generic', stallAfterHours: 0.0002, deadlineDays: 1 } };

let folder: string;
let fleet: Fleet;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bulkwatch-standstill-'));
  const presetsFile = join(folder, 'presets.json');
  await writeFile(presetsFile, JSON.stringify({ presets }));
  fleet = await startFleet({
    BULKWATCH_PRESETS_FILE: presetsFile,
    BULKWATCH_HEALTH_EVENTS: 'true',
    BULKWATCH_RETRY_AFTER_FLOOR: '100ms',
  });
  await fleet.startWorker();
});
afterAll(async () => {
  await fleet.stop();
  await rm(folder, { recursive: true, force: true });
});

const at = (progress: string): ExportScript['steps'][number] => ({
  answer: 'in-progress',
  retryAfterSeconds: 0.3,
  progress,
  times: 6,
});
const lastWord = ({ type }: ExportEvent): string => type.slice(type.lastIndexOf('.') + 1);

it('an export that stands still is told of once, until it moves; and its health all along', async () => {
  const { statusUrl } = fleet.simulator.createExport({
    steps: [at('10%'), at('20%'), { answer: 'complete' }],
  });
  const { id, registeredAt, deadlineAt } = await fleet.register({
    statusUrl,
    preset: 'hasty',
    credential: 'oracle',
  });
  expect(Date.parse(deadlineAt) - Date.parse(registeredAt)).toBe(86_400_000);

  const stalled = await eventually(async () => {
    const job = await fleet.job(id);
    expect(job.health).toBe('stalled');
    return job;
  });
  expect(Date.parse(stalled.healthSince ?? '')).toBeGreaterThan(Date.parse(registeredAt) + 720);
  const settled = await eventually(
    async () => {
      const job = await fleet.job(id);
      expect(job.state).toBe('completed');
      return job;
    },
    { timeoutMs: 15_000 },
  );
  expect(settled).toMatchObject({ health: 'ok', healthSince: settled.settledAt });

  const told = (await fleet.events()).filter(({ subject }) => subject === id);
  expect(told.map(lastWord)).toEqual([
    'registered',
    'progressed',
    'stalled',
    'health-changed',
    'progressed',
    'health-changed',
    'stalled',
    'health-changed',
    'completed',
  ]);
  const healths = told.flatMap(({ data }) => (data.previousHealth ? [data.job.health] : []));
  expect(healths).toEqual(['stalled', 'ok', 'stalled']);
  expect(told[2]?.data.stall?.thresholdSeconds).toBe(0.72);
}, 30_000);
