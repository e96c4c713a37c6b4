import { expect, it } from 'vitest';
import { createPulse } from './engine-pulse.js';
import { renewableEngine } from './renewable-engine.js';

/** Engines that note what is asked of them; a stop lasts until `ended` is called. */
function setup() {
  const told: string[] = [];
  const ends: (() => void)[] = [];
  const pulses: unknown[] = [];
  let made = 0;
  const engine = renewableEngine(() => {
    made += 1;
    const number = made;
    const pulse = createPulse();
    pulses.push(pulse);
    return {
      pulse,
      start: () => void told.push(`start ${number}`),
      stop(withinMs) {
        told.push(`stop ${number} within ${withinMs}`);
        return new Promise<void>((resolve) => ends.push(resolve));
      },
    };
  }, 7_000);
  const endAll = async (): Promise<void> => {
    for (const end of ends.splice(0)) end();
    await new Promise(setImmediate);
  };
  return { engine, told, pulses, endAll };
}

it('lets a new engine begin before the old one ends, and goes by its pulse', () => {
  const { engine, told, pulses } = setup();
  engine.start();
  expect(engine.pulse).toBe(pulses[0]);
  engine.renew();
  expect(told).toEqual(['start 1', 'start 2', 'stop 1 within 7000']);
  expect(engine.pulse).toBe(pulses[1]);
});

it('stops those that are still parting too, and no others', async () => {
  const { engine, told, endAll } = setup();
  engine.start();
  engine.renew();
  await endAll();
  engine.renew();
  told.length = 0;
  const stopped = engine.stop(500);
  expect(told).toEqual(['stop 3 within 500', 'stop 2 within 500']);
  await endAll();
  await stopped;
});

it('makes none anew once it is to stop', () => {
  const { engine, told } = setup();
  engine.start();
  void engine.stop(500);
  engine.renew();
  expect(told).toEqual(['start 1', 'stop 1 within 500']);
});
