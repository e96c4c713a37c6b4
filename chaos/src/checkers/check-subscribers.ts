import { type Dump, type EventDump, finalTypes } from '../evidence/dump.js';
import type { SeenEvent } from '../subscribers/seen-file.js';
import type { Finding, Violation } from './finding.js';

/** What a subscriber saw. */
export interface SubscriberView {
  readonly name: string;
  /** Whose events it is to see; null: those of all tenants. */
  readonly tenant: string | null;
  readonly keepsOrder: boolean;
  readonly seen: readonly SeenEvent[];
}

/** Whether each subscriber saw every final event that is for it, at least once, and those of a job in order where that is promised. */
export function checkSubscribers(
  views: readonly SubscriberView[],
  { jobs, events }: Dump,
): Finding {
  const violations: Violation[] = [];
  const chances: Record<string, number> = {};
  const figures: Record<string, number> = {};
  for (const { name, tenant, keepsOrder, seen } of views) {
    const isFor = ({ subject }: EventDump): boolean =>
      tenant === null || jobs.get(subject)?.tenant === tenant;
    const meant = events.filter(isFor);
    const ids = new Set(seen.map(({ id }) => id));
    const finals = meant.filter(({ type }) => finalTypes.has(type));
    for (const { id, type, subject } of finals)
      if (!ids.has(id))
        violations.push({
          figure: 'unseen',
          what: `${type} was not seen by ${name}`,
          jobId: subject,
        });
    const known = new Set(meant.map(({ id }) => id));
    const strange = seen.filter(({ id }) => !known.has(id));
    for (const { type, subject } of strange)
      violations.push({
        figure: 'foreign',
        what: `${name} saw ${type}, not meant for it`,
        jobId: subject,
      });
    if (keepsOrder) violations.push(...outOfOrder(name, seen, meant));
    chances[`unseen by ${name}`] = finals.length;
    figures[`seen again by ${name}`] = seen.length - ids.size;
  }
  return { violations, chances, figures };
}

/** Deliveries that came before one of the same job that happened earlier, each counted when it was first seen. */
function outOfOrder(
  name: string,
  seen: readonly SeenEvent[],
  events: readonly EventDump[],
): Violation[] {
  const placeOf = new Map(events.map(({ id }, place) => [id, place]));
  const lastOf = new Map<string, number>();
  const met = new Set<string>();
  return seen.flatMap(({ id, type, subject }) => {
    if (met.has(id)) return [];
    met.add(id);
    const place = placeOf.get(id);
    if (place === undefined) return [];
    const last = lastOf.get(subject) ?? -1;
    lastOf.set(subject, Math.max(place, last));
    return place >= last
      ? []
      : [
          {
            figure: 'disordered',
            what: `${name} saw ${type} after what came later`,
            jobId: subject,
          },
        ];
  });
}
