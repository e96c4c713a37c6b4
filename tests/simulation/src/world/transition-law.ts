import { keys } from '@bulkwatch/store/parts';
import type { KeySpace } from '../redis/key-space.js';
import type { ScriptArgument, Transition } from '../transitions/transition.js';
import { type BeforeClaim, beforeClaim, judgeClaim } from './claim-law.js';
import { EventLaw } from './event-law.js';
import { GateLaw } from './gate-law.js';
import { type Fields, isFinal, type JobShadow, numberIn, shadowOf, textIn } from './job-shadow.js';
import type { Law } from './law.js';
import type { Reached } from './reached.js';
import { judgeContents, judgeRecord } from './record-law.js';
import type { GateLimits } from './settings.js';

export type Reply = readonly (string | number | null)[];

interface Call {
  readonly name: string;
  readonly keys: readonly string[];
  readonly args: readonly ScriptArgument[];
}

/** What a script found, as far as it matters. */
interface Before {
  readonly claim?: BeforeClaim;
  /** The whole record, where nothing of it may change. */
  readonly record?: string;
}

/** Told under which claim something was granted, recorded or given back, and when by Redis's clock. */
export interface Recorder {
  granted(jobId: string, epoch: number, clockMs: number, wasForced: boolean): void;
  recorded(jobId: string, epoch: number, clockMs: number): void;
  released(jobId: string, epoch: number): void;
}

interface TransitionLawParts {
  readonly space: KeySpace;
  readonly law: Law;
  readonly reached: Reached;
  readonly limits: GateLimits;
  readonly recorder: Recorder;
}

const jobPrefix = keys.job('');

/**
 * Looks at every script that Redis runs: what it found, what it answered and what it left. What must hold of that it works
 * out for itself, from what it has seen before.
 */
export class TransitionLaw {
  readonly #shadows = new Map<string, JobShadow>();
  readonly #gates = new Map<string, GateLaw>();
  readonly #events: EventLaw;
  readonly #parts: TransitionLawParts;

  constructor(parts: TransitionLawParts) {
    this.#parts = parts;
    this.#events = new EventLaw(parts.space, parts.law, this.#shadows);
  }

  /** The same transitions, each under these eyes. */
  watched(table: Readonly<Record<string, Transition>>): Record<string, Transition> {
    const { law } = this.#parts;
    const watch =
      (name: string, transition: Transition): Transition =>
      (redis, scriptKeys, args) => {
        const call = { name, keys: scriptKeys, args };
        const before = this.#before(call);
        try {
          const reply = transition(redis, scriptKeys, args);
          this.#after(call, reply, before);
          return reply;
        } catch (error) {
          law.broken(`${name} failed: ${error instanceof Error ? error.stack : String(error)}`);
          throw error;
        }
      };
    return Object.fromEntries(
      Object.entries(table).map(([name, transition]) => [name, watch(name, transition)]),
    );
  }

  /** Redis has gone back in time: what is there now is what there is to go on from. */
  lookAnew(): void {
    const { space } = this.#parts;
    this.#shadows.clear();
    this.#gates.clear();
    this.#events.forget();
    for (const key of space.keys()) {
      const fields = key.startsWith(jobPrefix) && space.find(key, 'hash')?.fields;
      const jobId = key.slice(jobPrefix.length);
      if (fields) this.#shadows.set(jobId, shadowOf(jobId, fields));
    }
    this.#events.look('');
  }

  #gateOf({ provider }: JobShadow): GateLaw {
    const gate = this.#gates.get(provider) ?? new GateLaw(this.#parts.limits);
    this.#gates.set(provider, gate);
    return gate;
  }

  #before({ name, keys: [key = ''], args }: Call): Before {
    if (name !== 'apply-decision' && name !== 'claim-poll') return {};
    const { space } = this.#parts;
    const fields = space.find(key, 'hash')?.fields;
    if (!fields) return {};
    if (name === 'claim-poll') return { claim: beforeClaim(space, fields) };
    const shadow = this.#shadows.get(key.slice(jobPrefix.length));
    const isFresh = shadow?.epoch === Number(args[1]) && isItsClaim(shadow, args[27]);
    return isFresh ? {} : { record: textOf(fields) };
  }

  #after(call: Call, reply: Reply, before: Before): void {
    const { space, law } = this.#parts;
    const [key = ''] = call.keys;
    if (!key.startsWith(jobPrefix)) return;
    const jobId = key.slice(jobPrefix.length);
    law.tell(() => `${call.name} ${few(call.args, 4)} -> ${few(reply, 5)}`, jobId);
    const fields = space.find(key, 'hash')?.fields;
    if (!fields) {
      law.demand(!this.#shadows.has(jobId), () => 'the record is gone', jobId);
      return;
    }
    const known = this.#shadows.get(jobId);
    const shadow = known ?? shadowOf(jobId, fields);
    this.#shadows.set(jobId, shadow);
    this.#judge(call, reply, { shadow, fields, before, isNew: known === undefined });
    this.#events.look(call.name);
    judgeRecord(space, law, shadow, fields);
    if (call.name !== 'claim-poll') judgeContents(law, shadow, fields);
  }

  #judge(
    call: Call,
    reply: Reply,
    found: { shadow: JobShadow; fields: Fields; before: Before; isNew: boolean },
  ): void {
    const { space, reached } = this.#parts;
    const { shadow, fields, before, isNew } = found;
    switch (call.name) {
      case 'register':
        if (isNew) shadow.earliest = space.now() + Number(call.args[2]);
        else if (reply[0] === 'created') reached.note('registration resent');
        break;
      case 'claim-poll':
        this.#claimed(shadow, reply, { call, claim: before.claim, fields });
        break;
      case 'apply-decision':
        this.#applied(shadow, reply, { call, before, fields });
        break;
      case 'release-claim':
        this.#released(shadow, call, reply);
        break;
      case 'rescue-job':
        if (reply[0] === 'rescued') reached.note('job rescued');
        break;
      default:
        // Operators may have a job polled sooner, and want another request than the one that is under way.
        shadow.earliest = Math.min(shadow.earliest, numberIn(fields, 'notBefore'));
        shadow.epoch = Math.max(shadow.epoch, numberIn(fields, 'epoch'));
        shadow.nonce = textIn(fields, 'nonce');
    }
  }

  #claimed(
    shadow: JobShadow,
    reply: Reply,
    { call, claim, fields }: { call: Call; claim: BeforeClaim | undefined; fields: Fields },
  ): void {
    const { space, law, reached, recorder } = this.#parts;
    const now = space.now();
    const gate = this.#gateOf(shadow);
    const nonce = String(call.args[2]);
    const isPaused = fields.has('pausedAt');
    const judged = { law, reached, gate, shadow, before: claim, nonce, now, isPaused };
    if (!judgeClaim(judged, reply)) return;
    const wasForced = claim?.isForced === true || claim?.isCancelled === true;
    recorder.granted(shadow.jobId, shadow.epoch, now, wasForced);
  }

  #applied(
    shadow: JobShadow,
    reply: Reply,
    { call: { args }, before, fields }: { call: Call; before: Before; fields: Fields },
  ): void {
    const { space, law, reached, recorder } = this.#parts;
    const { jobId } = shadow;
    const epoch = Number(args[1]);
    const isIts = epoch !== shadow.epoch || isItsClaim(shadow, args[27]);
    const isFresh = isIts && epoch === shadow.epoch && epoch !== shadow.appliedEpoch;
    const gate = this.#gateOf(shadow);
    if (isIts) gate.end(`${jobId}:${epoch}`);
    else reached.note('claim of a past that was forgotten');
    this.#noteCircuit(shadow, reply[3]);
    if (reply[0] === 'stale') {
      reached.note('stale apply');
      law.demand(!isFresh || isFinal(shadow.state), () => 'a result in time was dropped', jobId);
      const isSame = before.record === undefined || before.record === textOf(fields);
      law.demand(isSame, () => 'a stale result changed the record', jobId);
      return;
    }
    if (!isFresh) {
      // A settled job has forgotten whose claim it was: whoever comes with that epoch is told how it ended.
      const isAnswered = epoch === shadow.appliedEpoch && (isIts || reply[0] === 'settled');
      const isSame = before.record === undefined || before.record === textOf(fields);
      law.demand(isAnswered && isSame, () => 'a stale result was taken', jobId);
      reached.note('apply answered again');
      return;
    }
    shadow.appliedEpoch = epoch;
    const { set, cleared } = changesOf(args);
    if (cleared.has('retryAfterMs')) shadow.retryAfterMs = 0;
    if (set['retryAfterMs'] !== undefined) shadow.retryAfterMs = Number(set['retryAfterMs']);
    if (args[7] !== '') gate.learntMs = Number(args[7]);
    if (reply[0] === 'again') shadow.earliest = space.now() + Number(reply[1]);
    recorder.recorded(jobId, epoch, space.now());
  }

  #noteCircuit({ provider }: JobShadow, change: Reply[number] | undefined): void {
    const { space, reached } = this.#parts;
    if (change) reached.note(`circuit ${change}`);
    const fields = space.find(keys.provider(provider), 'hash')?.fields;
    if (fields && numberIn(fields, 'openCount') > 1) reached.note('probe failed');
  }

  #released(shadow: JobShadow, { args }: Call, [kind]: Reply): void {
    const { space, law, recorder } = this.#parts;
    const { jobId } = shadow;
    const epoch = Number(args[1]);
    const isIts = epoch !== shadow.epoch || isItsClaim(shadow, args[3]);
    if (isIts) this.#gateOf(shadow).end(`${jobId}:${epoch}`);
    if (kind !== 'released') return;
    shadow.nonce = undefined;
    const isOurs = isIts && epoch === shadow.epoch && epoch !== shadow.appliedEpoch;
    law.demand(isOurs, () => 'a claim of others was released', jobId);
    shadow.earliest = space.now() + Number(args[2]);
    recorder.released(jobId, epoch);
  }
}

/** The fields that an apply clears and sets: among its last arguments. */
function changesOf(args: readonly ScriptArgument[]) {
  const [clearing, events, counters] = [Number(args[15]), Number(args[16]), Number(args[23])];
  const cleared = new Set(args.slice(28, 28 + clearing).map(String));
  const set: Record<string, string> = {};
  for (let i = 28 + clearing + 2 * events + counters; i + 1 < args.length; i += 2)
    set[String(args[i])] = String(args[i + 1]);
  return { cleared, set };
}

/** An epoch is granted again by a Redis that has gone back in time: then only the nonce tells whose claim it is. */
const isItsClaim = ({ nonce }: JobShadow, of: ScriptArgument | undefined): boolean =>
  nonce === undefined || nonce === String(of);

const textOf = (fields: Fields): string => JSON.stringify([...fields]);

const few = (words: readonly unknown[], count: number): string =>
  words.slice(0, count).join(' ').slice(0, 100);
