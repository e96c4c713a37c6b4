import type { Sighting } from '../provider/sighting.js';
import { measuringErrorMs } from './check-pace.js';
import type { Finding, Violation } from './finding.js';
import { groupBy } from './group-by.js';
import type { History } from './history.js';

export interface MannersLimits {
  /** Requests that a provider may have in flight. */
  readonly providerConcurrency: number;
  /** How long a request may take: what lasts longer is the socket of a process that stands still, which nobody can take from it. */
  readonly requestBudgetMs: number;
}

/** Requests that began while a provider had as many in flight as it may, and tokens where they do not belong. */
export function checkManners({ sightings }: History, limits: MannersLimits): Finding {
  const requests = sightings.filter(({ kind }) => kind === 'status' || kind === 'delete');
  const crowded: Violation[] = [];
  let full = 0;
  let heldByFrozen = 0;
  for (const [origin, ofOrigin] of groupBy(requests, (one) => one.origin)) {
    let open: Sighting[] = [];
    for (const request of ofOrigin) {
      open = open.filter(({ endedAt }) => endedAt - measuringErrorMs > request.at);
      const frozen = open.filter(({ at }) => request.at - at > limits.requestBudgetMs).length;
      const count = open.length - frozen + 1;
      if (count >= limits.providerConcurrency) full += 1;
      if (count > limits.providerConcurrency)
        crowded.push({
          figure: 'overConcurrency',
          what: `${count} requests in flight at ${origin}`,
          exportId: request.exportId ?? '',
        });
      else if (open.length + 1 > limits.providerConcurrency) heldByFrozen += 1;
      open.push(request);
    }
  }
  const misdirected = sightings.filter(isMisdirected).map(({ origin, kind }) => ({
    figure: 'misdirectedTokens',
    what: `a token that does not belong there, in a request (${kind}) to ${origin}`,
  }));
  return {
    violations: [...crowded, ...misdirected],
    figures: { overConcurrencyByFrozen: heldByFrozen },
    chances: {
      overConcurrency: full,
      misdirectedTokens: sightings.filter(({ kind }) => kind === 'evil').length,
    },
  };
}

const isMisdirected = ({ kind, authorization }: Sighting): boolean =>
  authorization === 'wrong' || (kind === 'evil' && authorization !== 'none');
