import { days, durationText, hours, minutes } from '../duration.js';
import type { Severity } from '../prometheus/alert.js';

/** Who is told. An operator says how: see `receivers.ts`. */
export const receiverNames = ['page', 'ticket', 'watchdog'] as const;
export type ReceiverName = (typeof receiverNames)[number];

interface Route {
  readonly receiver: ReceiverName;
  readonly severity: Severity;
  /** How long to wait for more of the same alert before the first message, s. */
  readonly groupWait: number;
  /** How long to wait before telling that more of it came, s. */
  readonly groupInterval: number;
  /** After how long it is told again, s. */
  readonly repeatInterval: number;
}

/** By what is to be done about it, and so by how soon somebody has to know. */
export const routes: readonly Route[] = [
  {
    severity: 'critical',
    receiver: 'page',
    groupWait: 10,
    groupInterval: minutes(5),
    repeatInterval: hours(4),
  },
  {
    severity: 'warning',
    receiver: 'ticket',
    groupWait: minutes(1),
    groupInterval: minutes(30),
    repeatInterval: days(1),
  },
  {
    // A sign of life: whoever hears none for some minutes has to wake somebody.
    severity: 'none',
    receiver: 'watchdog',
    groupWait: 0,
    groupInterval: minutes(1),
    // Less than a minute, or each second minute would be left out for having come a moment too soon.
    repeatInterval: 50,
  },
];

/**
 * The tree of routes, as Alertmanager has it. What has no severity of ours is looked at by day: it is not lost.
 *
 * @param waits gives what is waited instead of so many seconds
 */
export function routeTree(waits: (seconds: number) => number): object {
  return {
    receiver: 'ticket',
    // Of many workers with one trouble one message tells, and the causes of a blocked access are not mixed.
    group_by: ['alertname', 'severity'],
    routes: routes.map((route) => ({
      matchers: [`severity = "${route.severity}"`],
      receiver: route.receiver,
      group_wait: durationText(waits(route.groupWait)),
      group_interval: durationText(waits(route.groupInterval)),
      repeat_interval: durationText(waits(route.repeatInterval)),
    })),
  };
}
