import { describe, expect, it } from 'vitest';
import { events, eventWords } from './events.js';
import { exportEventSchema } from './export-event.js';

const stallSchema = exportEventSchema.shape.data.shape.stall;
const previousHealthSchema = exportEventSchema.shape.data.shape.previousHealth;

describe('the table of events', () => {
  it('names each type by its word, which is the channel', () => {
    for (const word of eventWords) expect(events[word].type.split('.').at(-1)).toBe(word);
  });

  it('holds back nothing that settles a job, nor anything that is not asked for by a setting', () => {
    const asked = eventWords.filter((word) => events[word].optIn !== null);

    expect(asked).toEqual(['health-changed']);
    expect(asked.filter((word) => events[word].settles)).toEqual([]);
  });
});

describe('the data of an event', () => {
  it('may say of a standstill since when, and how long one may be', () => {
    const stall = { since: '2026-03-02T09:11:14.870Z', thresholdSeconds: 86_400 };

    expect(stallSchema.parse(stall)).toEqual(stall);
    expect(stallSchema.safeParse({ since: stall.since }).success).toBe(false);
  });

  it('may say what the health was', () => {
    expect(previousHealthSchema.safeParse('rate-limited').success).toBe(true);
    expect(previousHealthSchema.safeParse('fine').success).toBe(false);
  });
});
