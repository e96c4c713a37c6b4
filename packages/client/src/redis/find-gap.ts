import type { Reset } from '@bulkwatch/contract';
import type { Membership } from './event-group.js';
import { isRefusal, type Session } from './redis-connection.js';

/** Where a group is that may have missed events. */
export interface Gap extends Reset {
  /** The entry that it was given last. */
  readonly afterId: string;
}

/**
 * Looks whether entries were trimmed that the group has not been given. It is a gap where the last
 * one is gone and is not the newest, as for `GET /v1/events`, and more are gone than it was given, where Redis knows that:
 * not always, and not before 7.0.
 * Undefined where there is none, and for whoever may not ask.
 */
export async function findGap(
  { stream, group }: Membership,
  { command }: Pick<Session, 'command'>,
): Promise<Gap | undefined> {
  try {
    const [ofStream, ofGroups] = await Promise.all([
      command('XINFO', 'STREAM', stream),
      command('XINFO', 'GROUPS', stream),
    ]);
    const ours = (ofGroups as unknown[]).map(asMap).find((one) => one.get('name') === group);
    return ours && gapBetween(asMap(ofStream), ours);
  } catch (error) {
    if (isRefusal(error, 'NOPERM')) return undefined;
    throw error;
  }
}

function gapBetween(
  ofStream: ReadonlyMap<unknown, unknown>,
  ofGroup: ReadonlyMap<unknown, unknown>,
): Gap | undefined {
  const [oldestId = null] = (ofStream.get('first-entry') ?? []) as [id?: string];
  const afterId = String(ofGroup.get('last-delivered-id'));
  const newestId = String(ofStream.get('last-generated-id'));
  // A group that was given none began with what was kept then.
  if (afterId === '0-0' || afterId === newestId) return undefined;

  const goneCount = Number(ofStream.get('entries-added')) - Number(ofStream.get('length'));
  const readCount = ofGroup.get('entries-read');
  const knowsRead = readCount !== null && readCount !== undefined;
  const isGap =
    // After a gap Redis before 7.2.6 goes on counting as if there had been none, so the count alone does not tell.
    (oldestId === null || isBefore(afterId, oldestId)) &&
    (knowsRead ? goneCount > Number(readCount) : goneCount !== 0);
  return isGap ? { afterId, oldestId } : undefined;
}

function asMap(reply: unknown): Map<unknown, unknown> {
  const flat = reply as unknown[];
  return new Map(
    Array.from({ length: flat.length / 2 }, (_, at) => [flat[at * 2], flat[at * 2 + 1]]),
  );
}

function isBefore(a: string, b: string): boolean {
  const [[aMs = 0, aCount = 0], [bMs = 0, bCount = 0]] = [a, b].map((id) =>
    id.split('-').map(Number),
  ) as [number[], number[]];
  return aMs < bMs || (aMs === bMs && aCount < bCount);
}
