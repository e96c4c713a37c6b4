import { eventually } from '@bulkwatch/testkit';
import { afterEach, expect, test } from 'vitest';
import { createLogLevelControl, openLogLevelControl } from './log-level.js';
import { createLogger } from './logger.js';

function setup(level = 'info') {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const logger = createLogger({ service: 'worker', level, destination });
  return { logger, lines, control: createLogLevelControl(logger) };
}

afterEach(() => process.removeAllListeners('SIGUSR2'));

test('a level is lowered for a time and comes back by itself, with an audit line for each', async () => {
  const { logger, lines, control } = setup('warn');

  expect(control.lower('debug', 30, 'ops-port')).toMatchObject({
    level: 'debug',
    configured: 'warn',
  });
  logger.debug('seen');
  await eventually(() => expect(control.state()).toEqual({ level: 'warn', configured: 'warn' }));
  logger.info('unseen');

  expect(lines).toMatchObject([
    { audit: true, was: 'warn', level: 'debug', by: 'ops-port', until: expect.any(String) },
    { msg: 'seen' },
    { audit: true, was: 'debug', level: 'warn', by: 'time' },
  ]);
});

test('nothing can be silenced: the configured level is the least talkative', () => {
  const { lines, control } = setup('info');

  expect(control.lower('error', 1_000, 'ops-port')).toBeUndefined();

  expect(control.state()).toEqual({ level: 'info', configured: 'info' });
  expect(lines).toEqual([]);
});

test('a second change takes the place of the first, whose end ends nothing', async () => {
  const { control } = setup();

  control.lower('debug', 20, 'ops-port');
  control.lower('trace', 10_000, 'ops-port');
  await new Promise((resolve) => setTimeout(resolve, 60));

  expect(control.state().level).toBe('trace');
  control.reset('ops-port');
});

test('SIGUSR2 lowers it, and the second one ends that', async () => {
  const { logger } = setup();
  const control = openLogLevelControl(logger, { logLevelChanges: true });

  process.kill(process.pid, 'SIGUSR2');
  await eventually(() => expect(logger.level).toBe('debug'));
  process.kill(process.pid, 'SIGUSR2');
  await eventually(() => expect(logger.level).toBe('info'));

  expect(control?.state().until).toBeUndefined();
});

test('where changes are not allowed, the signal changes nothing and kills nobody', async () => {
  const { logger, lines } = setup();

  expect(openLogLevelControl(logger, { logLevelChanges: false })).toBeUndefined();
  process.kill(process.pid, 'SIGUSR2');

  await eventually(() => expect(lines).toMatchObject([{ level: 'warn' }]));
  expect(logger.level).toBe('info');
});
