import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.js';
import { faults } from './faults.js';
import { openWire, sendWhole, sleepUnless, type Wire } from './wire.js';

/** What became of an answer. */
export interface Delivery {
  /** Null when not even the status line went out. */
  readonly status: number | null;
  /** Monotonic instant at which the last byte was sent; null when the answer did not go out whole. */
  readonly answeredAtMs: number | null;
}

/** Writes an answer, faults included, and resolves when it is out or the connection is gone. */
export async function deliver(response: ServerResponse, answer: Answer): Promise<Delivery> {
  if (response.destroyed) return { status: null, answeredAtMs: null };
  const wire = openWire(response, answer);
  if (answer.delayMs !== undefined) await sleepUnless(wire.closed, answer.delayMs);
  const answeredAtMs = response.destroyed ? null : await send(wire);
  const isSent = response.headersSent || answeredAtMs !== null;
  return { status: isSent ? answer.status : null, answeredAtMs };
}

async function send(wire: Wire): Promise<number | null> {
  const { fault } = wire.answer;
  if (fault === undefined) return sendWhole(wire);
  const sentAtMs = await faults[fault].play(wire);
  if (typeof sentAtMs === 'number') return sentAtMs;
  await wire.closed;
  return null;
}
