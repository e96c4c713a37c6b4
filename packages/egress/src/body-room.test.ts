import { expect, test } from 'vitest';
import { createBodyRoom } from './body-room.js';

test('one origin gets half of the room, and what it gives back again', () => {
  const room = createBodyRoom(100);

  expect([room.take('a', 30), room.take('a', 20), room.take('a', 1)]).toEqual([true, true, false]);
  room.giveBack('a', 30);
  expect([room.take('a', 31), room.take('a', 30)]).toEqual([false, true]);
});

test('all origins together get no more than there is', () => {
  const room = createBodyRoom(100);

  expect(['a', 'b', 'c'].map((origin) => room.take(origin, 40))).toEqual([true, true, false]);
  expect(room.take('c', 20)).toBe(true);
  room.giveBack('a', 40);
  expect(room.take('c', 30)).toBe(true);
});
