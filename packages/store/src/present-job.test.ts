import { jobSchema } from '@bulkwatch/contract';
import { describe, expect, it } from 'vitest';
import { decodeJobRecord } from './job-record.js';
import { presentJob } from './present-job.js';

const minutes = 60_000;
const now = 1_800_000_000_000;
const open = {
  tenant: 'default',
  statusUrl: 'https://ehr.example/status/1',
  protocol: 'fhir-bulk',
  provider: 'https://ehr.example',
  registeredAt: String(now - 60 * minutes),
  deadlineAt: String(now + 600 * minutes),
  state: 'in-progress',
};
const history = { count: 5, medianMs: 90 * minutes, p90Ms: 120 * minutes };
const moving = {
  progressPercent: '40',
  movedAt: String(now),
  percentFrom: '20',
  percentFromAt: String(now - 20 * minutes),
};

const shown = (
  fields: Readonly<Record<string, string>>,
  basis: Parameters<typeof presentJob>[1] = { now, history },
) => jobSchema.parse(presentJob(decodeJobRecord('j1', { ...open, ...fields }), basis));
const iso = (instant: number) => new Date(instant).toISOString();

describe('the end of an export', () => {
  it('is estimated by its own pace', () => {
    expect(shown(moving)).toMatchObject({ etaAt: iso(now + 60 * minutes), etaBasis: 'progress' });
  });

  it('is else estimated by what others of its provider took, from the kick-off on', () => {
    expect(shown({})).toMatchObject({ etaAt: iso(now + 30 * minutes), etaBasis: 'history' });
    const kickedOffAt = String(now - 80 * minutes);
    expect(shown({ kickedOffAt })).toMatchObject({ etaAt: iso(now + 10 * minutes) });
  });

  it.each([
    ['one that stands still', { ...moving, stalledAt: String(now) }, { now, history }],
    ['one that is settled', { ...moving, settledAt: String(now) }, { now, history }],
    ['one of which nothing is known', {}, { now }],
    ['one that is shown without a basis', moving, undefined],
  ])('is not estimated of %s', (_what, fields, basis) => {
    const job = basis
      ? shown(fields, basis)
      : presentJob(decodeJobRecord('j1', { ...open, ...fields }));
    expect(job).toMatchObject({ etaAt: null, etaBasis: null });
  });
});

describe('the health of a job', () => {
  it.each([
    ['ok from its registration on', {}, 'ok', now - 60 * minutes],
    ['ok again', { healthSince: String(now - 1) }, 'ok', now - 1],
    ['not ok', { health: 'unreachable', healthSince: String(now - 2) }, 'unreachable', now - 2],
    [
      'paused by an operator, whatever the last poll said',
      { health: 'unreachable', healthSince: String(now - 2), pausedAt: String(now - 3) },
      'paused',
      now - 3,
    ],
  ])('is %s', (_what, fields, health, since) => {
    expect(shown(fields)).toMatchObject({ health, healthSince: iso(since) });
  });

  it('has no beginning where none was recorded', () => {
    expect(shown({ health: 'unreachable' })).toMatchObject({ healthSince: null });
  });
});

it('what holds a job is named', () => {
  expect(shown({ heldBy: 'circuit-open' }).heldBy).toBe('circuit-open');
  expect(shown({}).heldBy).toBeNull();
});

it('the first manifest is version 1', () => {
  const completed = { state: 'completed', manifestBytes: '7', outputCount: '1', errorCount: '0' };
  expect(shown(completed).manifestVersion).toBe(1);
  expect(shown({ ...completed, manifestVersion: '3' }).manifestVersion).toBe(3);
  expect(shown({}).manifestVersion).toBeNull();
});
