import { describe, expect, it } from 'vitest';
import { Secret } from '../settings/secret.js';
import { createLogger, type Logger } from './logger.js';

interface Line extends Record<string, unknown> {
  err?: Record<string, unknown>;
}

function setup(level = 'trace'): { logger: Logger; text: () => string; lines: () => Line[] } {
  const written: string[] = [];
  const destination = { write: (line: string): void => void written.push(line) };
  return {
    logger: createLogger({ service: 'worker', level, destination }),
    text: () => written.join(''),
    lines: () => written.map((line) => JSON.parse(line) as Line),
  };
}

/** An error as client libraries make them: the request hangs on it. */
function laden(message: string): Error {
  return Object.assign(new Error(message), {
    code: 'ECONNRESET',
    reason: 'connection-failed',
    command: { name: 'set', args: ['key', 'canary'] },
    input: 'canary',
    response: { headers: { authorization: 'canary' } },
  });
}

describe('createLogger', () => {
  it('writes one JSON line with service, word for level and ISO time', () => {
    const { logger, lines } = setup();

    logger.child({ jobId: 'j1' }).info({ pollCount: 2 }, 'polled');

    expect(lines()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        service: 'worker',
        jobId: 'j1',
        pollCount: 2,
        msg: 'polled',
      },
    ]);
  });

  it('writes nothing below its level', () => {
    const { logger, lines } = setup('warn');

    logger.info('no');
    logger.warn('yes');

    expect(lines()).toHaveLength(1);
  });

  it('keeps of an error its name, message, code, reason and frames', () => {
    const { logger, lines } = setup();
    const error = laden('could not connect');
    error.cause = laden('the cause');

    logger.error({ err: error }, 'poll failed');

    const { err } = lines()[0] ?? {};
    expect(Object.keys(err ?? {})).toEqual(['name', 'message', 'code', 'reason', 'stack', 'cause']);
    expect(err).toMatchObject({ message: 'could not connect', code: 'ECONNRESET' });
    expect(err?.['stack']).toMatch(/^at .*logger\.test\.ts/);
    expect(err?.['cause']).toMatchObject({ message: 'the cause', reason: 'connection-failed' });
  });

  it('survives errors that cause each other, and things thrown that are no errors', () => {
    const { logger, lines } = setup();
    const error = new Error('ring');
    error.cause = error;

    logger.error({ err: error });
    logger.error({ err: { token: 'canary', text: 'canary' } });

    expect(lines()[1]?.err).toEqual({ name: 'NonError', message: 'thrown: object' });
  });

  it.each<[string, (logger: Logger) => void]>([
    ['the message', (logger) => logger.info('sent Bearer canary')],
    ['a value put into the message', (logger) => logger.info('sent %s', 'Bearer canary')],
    ['an object put into the message', (logger) => logger.info('sent %o', { token: 'canary' })],
    ['the message of an error', (logger) => logger.error({ err: laden('Bearer canary refused') })],
    ['an error logged by itself', (logger) => logger.error(laden('token=canary'))],
    ['an error under another name', (logger) => logger.error({ problem: laden('x') })],
    ['the stack of an error', (logger) => logger.error(new Error('x\n at y password=canary'))],
    ['a field', (logger) => logger.info({ bearerToken: 'canary' })],
    [
      'a field of a field',
      (logger) => logger.info({ request: { headers: { authorization: 'canary' } } }),
    ],
    [
      'a field far down',
      (logger) => logger.info({ a: { b: { c: { d: { access_token: 'canary' } } } } }),
    ],
    ['a field of the child', (logger) => logger.child({ clientSecret: 'canary' }).info('x')],
    ['a secret', (logger) => logger.info({ redisUrl: new Secret('canary') })],
    [
      'the query of a URL',
      (logger) => logger.info({ statusUrl: 'https://ehr.example.org/1?sig=canary' }),
    ],
    ['the user-info of a URL', (logger) => logger.info('redis://:canary@localhost is away')],
  ])('keeps a secret in %s out of the line', (_place, log) => {
    const { logger, text, lines } = setup();

    log(logger);

    expect(lines()).toHaveLength(1);
    expect(text()).not.toContain('canary');
  });
});
