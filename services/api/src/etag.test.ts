import type { Job } from '@bulkwatch/contract';
import { describe, expect, it } from 'vitest';
import { etagOf, manifestEtagOf, versionsIn } from './etag.js';

const job = { id: '1', heldBy: null, dueAt: '2026-11-23T08:00:00.000Z', etaAt: null } as Job;

it('reads back the versions that it wrote', () => {
  expect(versionsIn(etagOf(42, job))).toEqual([42]);
  expect(versionsIn(manifestEtagOf(42))).toEqual([42]);
});

describe('the entity tag of a job', () => {
  it('stays while the job does', () => {
    expect(etagOf(1, job)).toBe(etagOf(1, { ...job }));
  });

  it.each([
    { heldBy: 'pace' as const },
    { dueAt: '2026-11-23T09:00:00.000Z' },
    { etaAt: '2026-11-23T09:00:00.000Z' },
  ])('changes with %j', (change) => {
    expect(etagOf(1, { ...job, ...change })).not.toBe(etagOf(1, job));
  });

  it('changes with the version', () => {
    expect(etagOf(2, job)).not.toBe(etagOf(1, job));
  });
});

it.each([
  ['W/"1", "2" , W/"abc", W/"3-a_B-9"', [1, 2, 3]],
  ['W/"1.5"', []],
  ['*', []],
  ['', []],
  ['7', []],
  [undefined, []],
])('reads %j as %j', (header, versions) => {
  expect(versionsIn(header)).toEqual(versions);
});
