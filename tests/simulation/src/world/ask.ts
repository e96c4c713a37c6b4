import type { FetchFailure } from '@bulkwatch/core';
import { accessTo, type FetchStatus, type StatusRequest } from '@bulkwatch/egress';
import type { Answer } from './answers.js';
import type { Dice } from './dice.js';
import type { SimulatedExport } from './exports.js';
import type { Law } from './law.js';
import type { Process, Settle } from './process.js';
import type { Providers } from './provider.js';
import type { Reached } from './reached.js';
import { requestTimeoutMs } from './settings.js';
import { networkMaxMs, type Sighting, type SightingLaw } from './sighting-law.js';
import type { VirtualTime } from './virtual-time.js';

export interface AskParts {
  readonly time: VirtualTime;
  readonly dice: Dice;
  readonly law: Law;
  readonly reached: Reached;
  readonly sightings: SightingLaw;
  readonly providers: Providers;
  /** The export of a status URL, or of where its answers lead to. */
  readonly exportOf: (url: string) => SimulatedExport | undefined;
}

/** Under which claim a request is sent. */
export interface Sending {
  readonly jobId: string;
  readonly epoch: number;
  readonly claimedFrom: number;
}

const noCredentials = { find: () => undefined, names: () => [] };

type Came =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly reason: FetchFailure['reason'] };

/**
 * Status requests of a worker, through a network that takes its time. What may go where is the house's own decision
 * (`accessTo`); the exchange itself is simulated.
 */
export const fetchStatusOf =
  (parts: AskParts, worker: Process, sending: () => Sending): FetchStatus =>
  async (request) => {
    const startedAt = parts.time.now;
    const came = await worker.wait<Came>(
      (settle) => begin(parts, worker, request, sending(), settle),
      {
        // Nothing can stop a process between its last look at the clock and the socket.
        mayPauseBefore: false,
      },
    );
    const durationMs = parts.time.now - startedAt;
    if (came.kind === 'failed')
      return { kind: 'failed', failure: { reason: came.reason }, durationMs };
    const { askedMs: _meant, note: _note, ...answer } = came.answer;
    return { kind: 'answered', response: { ...answer, receivedAt: 0 }, durationMs };
  };

function begin(
  parts: AskParts,
  worker: Process,
  request: StatusRequest,
  sending: Sending,
  settle: Settle<Came>,
): void {
  const { time, dice, sightings } = parts;
  const failed = (reason: FetchFailure['reason']) => settle.done({ kind: 'failed', reason });
  let sighting: Sighting | undefined;
  let isOver = false;
  const hangUp = (reason: FetchFailure['reason']) => {
    if (isOver) return;
    isOver = true;
    if (sighting) sightings.ended(sighting);
    failed(reason);
  };
  worker.onEnd(() => sighting && sightings.ended(sighting));
  const interrupt = () => {
    if (isOver) return;
    parts.reached.note('poll interrupted');
    hangUp('interrupted');
  };
  request.signal?.addEventListener('abort', interrupt);
  time.after(requestTimeoutMs, () => {
    request.signal?.removeEventListener('abort', interrupt);
    worker.inside(() => hangUp('timed-out'));
  });
  time.after(dice.between(1, networkMaxMs), () => {
    if (request.signal?.aborted) return;
    const arrived = arrive(parts, worker, request, sending);
    if (!arrived) return failed('connection-failed');
    sighting = arrived.sighting;
    const { service } = arrived;
    if (service.kind === 'silence') return;
    time.after(service.afterMs, () => {
      if (arrived.sighting.endedAt !== undefined) return;
      if (service.kind === 'reset') return hangUp('connection-failed');
      isOver = true;
      sightings.answered(arrived.sighting, service.answer.askedMs);
      if (service.answer.note) parts.reached.note(service.answer.note);
      time.after(dice.between(1, networkMaxMs), () =>
        settle.done({ kind: 'answer', answer: service.answer }),
      );
    });
  });
}

function arrive(
  { law, sightings, providers, exportOf, time }: AskParts,
  worker: Process,
  { request, ...who }: StatusRequest,
  sending: Sending,
) {
  const url = new URL(request.url);
  const one = exportOf(request.url);
  if (!one) {
    law.broken(`asked for ${request.url}, which is no export`, sending.jobId);
    return undefined;
  }
  const access = accessTo(url, who, noCredentials);
  const token = access.kind === 'token' ? access.token.reveal() : undefined;
  law.demand(
    token === undefined || (url.origin === one.origin && token.startsWith(`secret-${one.number}-`)),
    () => `a token of others at ${url.origin}`,
    sending.jobId,
  );
  const sighting: Sighting = {
    ...sending,
    worker,
    one,
    method: request.method,
    at: time.now,
    askedMs: 0,
    endedAt: undefined,
    endedClockMs: 0,
  };
  sightings.seen(sighting);
  const service = providers.serve(one, { method: request.method, url: request.url, token });
  return { sighting, service };
}
