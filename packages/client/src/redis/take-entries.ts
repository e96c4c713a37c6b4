import type { Entry, EventGroup, PendingEntry } from './event-group.js';
import { findGap } from './find-gap.js';
import type { Holding } from './hold-entries.js';
import type { Session } from './redis-connection.js';
import type { Subscription } from './subscribe-options.js';

/** How long Redis waits for something new. A stop waits for it too: cut off, it might give us an entry all the same. */
const waitMs = 1_000;
/** How many pending entries are looked at together. More than can be held, so that some of them are not. */
const pendingPage = 500;

/**
 * Gives a function that takes what is next to be handled, never more than there is room for: at first what this member was
 * given before, then what others have left, then what is new.
 */
export function takeEntries(
  { takeOverMs, membership, onReset }: Subscription,
  { group, session }: { readonly group: EventGroup; readonly session: Session },
  holding: Holding,
): () => Promise<Entry[]> {
  let lookedAtOwn = false;
  let lookAtOthersMs = 0;
  let toldAfterId: string | undefined;

  const claimAll = async (pending: readonly PendingEntry[], idleMs: number): Promise<Entry[]> => {
    const entries: Entry[] = [];
    for (const one of pending.slice(0, holding.room())) {
      const entry = await group.claim(one, idleMs);
      if (entry) entries.push(entry);
    }
    return entries;
  };
  const notHeld = (pending: readonly PendingEntry[]): PendingEntry[] =>
    pending.filter(({ id }) => !holding.has(id));

  const tellOfGap = async (): Promise<void> => {
    const gap = await findGap(membership, session);
    if (!gap || gap.afterId === toldAfterId) return;
    await onReset?.({ oldestId: gap.oldestId });
    toldAfterId = gap.afterId;
  };

  return async () => {
    if (!lookedAtOwn) {
      const own = notHeld(await group.ownPending(pendingPage));
      if (own.length > 0) return claimAll(own, 0);
      lookedAtOwn = true;
    }
    if (performance.now() >= lookAtOthersMs) {
      const left = notHeld(await group.idlePending(takeOverMs, pendingPage));
      if (left.length > 0) return claimAll(left, takeOverMs);
      await tellOfGap();
      lookAtOthersMs = performance.now() + takeOverMs / 4;
    }
    return group.readNew(holding.room(), Math.min(waitMs, takeOverMs));
  };
}
