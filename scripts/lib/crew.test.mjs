import { expect, it } from 'vitest';
import { createCrew } from './crew.mjs';

function member(name, log) {
  let end;
  const ended = new Promise((resolve) => {
    end = resolve;
  });
  const stop = async () => {
    log.push(`${name} stops`);
    end('exit code 0');
    await ended;
  };
  return { name, ended, stop, end };
}

it('stops what came last first', async () => {
  const log = [];
  const crew = createCrew();
  crew.board(member('redis', log));
  crew.board(member('api', log), member('worker', log));

  await crew.leave(100);

  expect(log).toEqual(['api stops', 'worker stops', 'redis stops']);
});

it('names the one that ended by itself', async () => {
  const crew = createCrew();
  const worker = member('the worker', []);
  crew.board(worker);

  worker.end('SIGKILL');

  await expect(crew.lost).rejects.toThrow('the worker ended by itself (SIGKILL).');
});

it('tells those who wait for one of them that it is over', async () => {
  const crew = createCrew();
  const worker = member('the worker', []);
  crew.board(worker);

  worker.end('SIGKILL');
  await worker.ended;

  expect(crew.over.aborted).toBe(true);
});
