import { keys } from '@bulkwatch/store/parts';
import type { KeySpace } from '../redis/key-space.js';
import type { ScriptArgument, Transition } from '../transitions/transition.js';
import { GateLaw } from './gate-law.js';
import { type Fields, isFinal, type JobShadow, numberIn, shadowOf, textIn } from './job-shadow.js';
import type { Law } from './law.js';
import type { Reached } from './reached.js';
import { floorMs, type GateLimits, requestBudgetMs } from './settings.js';

/** Members of an event, in the order in which they are written. */
const head =
  /^\{"specversion":"1.0","id":"(?<id>[^"]+)".*?"type":"(?<type>[^"]+)","subject":"(?<subject>[^"]+)"/;

type Reply = readonly (string | number | null)[];
interface Call {
  readonly name: string;
  readonly keys: readonly string[];
  readonly args: readonly ScriptArgument[];
}

/** What a script found, as far as it matters. */
interface Found {
  readonly nonce?: string | undefined;
  readonly isForced?: boolean;
  readonly intent?: string | undefined;
  readonly isFor?: boolean;
  readonly openUntil?: number | undefined;
  readonly probeUntil?: number | undefined;
  readonly pausedUntil?: number | undefined;
  /** The whole record, where nothing of it may change. */
  readonly record?: string;
}

/** Told by which poll something was recorded, and when by Redis's clock. */
export interface Recorder {
  granted(jobId: string, epoch: number, clockMs: number, wasForced: boolean): void;
  recorded(jobId: string, epoch: number, clockMs: number): void;
  released(jobId: string, epoch: number): void;
}

const jobPrefix = keys.job('');
const settling = new Set(
  ['completed', 'failed', 'cancelled', 'abandoned'].map((word) => `bulkwatch.export.${word}`),
);

/**
 * Looks at every script that Redis runs: what it found, what it answered and what it left. What must hold of that it works
 * out for itself, from what it has seen before.
 */
export class TransitionLaw {
  readonly shadows = new Map<string, JobShadow>();
  readonly #gates = new Map<string, GateLaw>();
  readonly #eventIds = new Set<string>();
  #eventsSeen = 0;
  readonly #space: KeySpace;
  readonly #law: Law;
  readonly #reached: Reached;
  readonly #limits: GateLimits;
  readonly #recorder: Recorder;

  constructor(parts: {
    space: KeySpace;
    law: Law;
    reached: Reached;
    limits: GateLimits;
    recorder: Recorder;
  }) {
    this.#space = parts.space;
    this.#law = parts.law;
    this.#reached = parts.reached;
    this.#limits = parts.limits;
    this.#recorder = parts.recorder;
  }

  /** The same transitions, each under these eyes. */
  watched(table: Readonly<Record<string, Transition>>): Record<string, Transition> {
    return Object.fromEntries(
      Object.entries(table).map(([name, transition]) => [
        name,
        (redis, scriptKeys, args) => {
          const call = { name, keys: scriptKeys, args };
          const before = this.#before(call);
          try {
            const reply = transition(redis, scriptKeys, args);
            this.#after(call, reply, before);
            return reply;
          } catch (error) {
            this.#law.broken(`${name} failed: ${error instanceof Error ? error.stack : String(error)}`);
            throw error;
          }
        },
      ]),
    );
  }

  /** Redis has gone back in time: what is there now is what there is to go on from. */
  lookAnew(): void {
    this.shadows.clear();
    this.#gates.clear();
    this.#eventIds.clear();
    this.#eventsSeen = 0;
    for (const key of this.#space.keys()) {
      if (!key.startsWith(jobPrefix)) continue;
      const jobId = key.slice(jobPrefix.length);
      const fields = this.#record(jobId);
      if (fields) this.shadows.set(jobId, shadowOf(jobId, fields));
    }
    this.#readEvents('');
  }

  #record(jobId: string): Fields | undefined {
    return this.#space.find(keys.job(jobId), 'hash')?.fields;
  }

  #gateOf(provider: string): GateLaw {
    let gate = this.#gates.get(provider);
    if (!gate) this.#gates.set(provider, (gate = new GateLaw(this.#limits)));
    return gate;
  }

  #before({ name, keys: [key = ''], args }: Call): Found | undefined {
    if (name !== 'apply-decision' && name !== 'claim-poll') return undefined;
    const fields = this.#space.find(key, 'hash')?.fields;
    if (!fields) return undefined;
    if (name === 'claim-poll') {
      const provider = this.#space.find(keys.provider(textIn(fields, 'provider') ?? ''), 'hash')?.fields;
      return {
        nonce: textIn(fields, 'nonce'),
        isForced: fields.get('forced') === '1',
        intent: textIn(fields, 'intent'),
        isFor: fields.has('refreshUntil') || fields.has('deleteUntil'),
        openUntil: provider && numberIn(provider, 'openUntil'),
        probeUntil: provider && numberIn(provider, 'probeUntil'),
        pausedUntil: provider && numberIn(provider, 'pausedUntil'),
      };
    }
    const isFresh = this.shadows.get(key.slice(jobPrefix.length))?.epoch === Number(args[1]);
    return isFresh ? {} : { record: JSON.stringify([...fields]) };
  }

  #after(call: Call, reply: Reply, before: Found | undefined): void {
    const [key = ''] = call.keys;
    if (!key.startsWith(jobPrefix)) return;
    const jobId = key.slice(jobPrefix.length);
    this.#law.tell(() => `${call.name} ${call.args.slice(0, 4).join(' ').slice(0, 90)} -> ${reply.slice(0, 5).join(' ')}`, jobId);
    const fields = this.#record(jobId);
    if (!fields) {
      if (this.shadows.has(jobId)) this.#law.broken('the record is gone', jobId);
      return;
    }
    const shadow = this.shadows.get(jobId) ?? shadowOf(jobId, fields);
    const isNew = !this.shadows.has(jobId);
    this.shadows.set(jobId, shadow);
    switch (call.name) {
      case 'register':
        if (reply[0] === 'created') this.#registered(shadow, call, isNew);
        break;
      case 'claim-poll':
        this.#claimed(shadow, fields, reply, before, call);
        break;
      case 'apply-decision':
        this.#applied(shadow, call, reply, before?.record ?? '');
        break;
      case 'release-claim':
        this.#released(shadow, call, reply);
        break;
      case 'rescue-job':
        if (reply[0] === 'rescued') this.#reached.note('job rescued');
        break;
      default:
        // Operators may have a job polled sooner.
        shadow.earliest = Math.min(shadow.earliest, numberIn(fields, 'notBefore'));
        shadow.isForced = fields.get('forced') === '1';
        // What is wanted now is another request than the one that is under way.
        shadow.epoch = Math.max(shadow.epoch, numberIn(fields, 'epoch'));
    }
    this.#readEvents(call.name);
    this.#whole(shadow, fields);
  }

  #registered(shadow: JobShadow, { args }: Call, isNew: boolean): void {
    if (isNew) shadow.earliest = this.#space.now() + Number(args[2]);
    else this.#reached.note('registration resent');
  }

  #claimed(
    shadow: JobShadow,
    fields: Fields,
    reply: Reply,
    before: Found | undefined,
    { args }: Call,
  ): void {
    const { jobId } = shadow;
    const [kind, epoch, , , action] = reply;
    this.#gateOf(shadow.provider).look(this.#space.now());
    if (kind === 'early')
      return this.#law.demand(Number(reply[1]) > 0, () => `early by ${reply[1]} ms`, jobId);
    if (kind === 'superseded') return this.#reached.note('claim superseded');
    if (kind === 'settled') return this.#reached.note('claim of a settled job');
    if (kind !== 'claimed' || !before) return;
    if (before.nonce === args[2]) {
      this.#reached.note('claim answered again by its nonce');
      return this.#law.demand(Number(epoch) === shadow.epoch, () => 'a resend was given another claim', jobId);
    }
    const now = this.#space.now();
    const request = `${jobId}:${String(epoch)}`;
    const gate = this.#gateOf(shadow.provider);
    this.#law.demand(
      now >= shadow.earliest,
      () => `claimed ${shadow.earliest - now} ms before it may be`,
      jobId,
    );
    this.#law.demand(Number(epoch) === shadow.epoch + 1, () => `epoch ${epoch} follows ${shadow.epoch}`, jobId);
    this.#law.demand(!isFinal(shadow.state) || before.isFor === true, () => `claimed though ${shadow.state}`, jobId);
    shadow.epoch = Number(epoch);
    this.#recorder.granted(jobId, shadow.epoch, now, before.isForced === true || before.intent !== undefined);
    shadow.isForced = false;
    if (action === 'abandon') {
      this.#reached.note('abandoned unasked');
      shadow.earliest = now + requestBudgetMs + floorMs;
      return;
    }
    this.#law.demand(fields.get('pausedAt') === undefined || before.intent !== undefined || before.isFor === true, () => 'claimed though an operator paused it', jobId);
    if (!before.isForced && before.intent === undefined)
      this.#law.demand(now >= (before.pausedUntil ?? 0), () => 'claimed while its provider wants a pause', jobId);
    if (before.openUntil) {
      this.#law.demand(before.isForced === true || now >= before.openUntil, () => 'claimed while the circuit is open', jobId);
      this.#law.demand(now >= (before.probeUntil ?? 0), () => 'a second probe', jobId);
    }
    const refusal = gate.refusal(now);
    this.#law.demand(refusal === undefined, () => `claimed though ${refusal}`, jobId);
    gate.begin(request, now, requestBudgetMs);
    const waits = action === 'poll' ? [shadow.retryAfterMs, gate.learntMs] : [];
    shadow.earliest = now + requestBudgetMs + Math.max(floorMs, ...waits);
  }

  #applied(shadow: JobShadow, { args }: Call, reply: Reply, wasFound: string): void {
    const { jobId } = shadow;
    const epoch = Number(args[1]);
    const isFresh = epoch === shadow.epoch && epoch !== shadow.appliedEpoch;
    this.#gateOf(shadow.provider).end(`${jobId}:${epoch}`);
    if (reply[3]) this.#reached.note(`circuit ${reply[3]}`);
    const provider = this.#space.find(keys.provider(shadow.provider), 'hash')?.fields;
    if (provider && numberIn(provider, 'openCount') > 1) this.#reached.note('probe failed');
    if (reply[0] === 'stale') {
      this.#reached.note('stale apply');
      this.#law.demand(!isFresh || isFinal(shadow.state), () => 'a result in time was dropped', jobId);
      if (wasFound !== '')
        this.#law.demand(
          wasFound === JSON.stringify([...(this.#record(jobId) ?? [])]),
          () => 'a stale result changed the record',
          jobId,
        );
      return;
    }
    if (!isFresh) {
      this.#law.demand(epoch === shadow.appliedEpoch, () => 'a stale result was taken', jobId);
      this.#reached.note('apply answered again');
      return;
    }
    shadow.appliedEpoch = epoch;
    const set = this.#fieldsOf(args);
    if (args.slice(26, 26 + Number(args[15])).includes('retryAfterMs')) shadow.retryAfterMs = 0;
    if (set['retryAfterMs'] !== undefined) shadow.retryAfterMs = Number(set['retryAfterMs']);
    if (args[7] !== '') this.#gateOf(shadow.provider).learntMs = Number(args[7]);
    const now = this.#space.now();
    if (reply[0] === 'again') shadow.earliest = now + Number(reply[1]);
    this.#recorder.recorded(jobId, epoch, now);
  }

  /** The fields that an apply sets: its last arguments. */
  #fieldsOf(args: readonly ScriptArgument[]): Readonly<Record<string, string>> {
    const first = 26 + Number(args[15]) + 2 * Number(args[16]) + Number(args[23]);
    const set: Record<string, string> = {};
    for (let i = first; i + 1 < args.length; i += 2) set[String(args[i])] = String(args[i + 1]);
    return set;
  }

  #released(shadow: JobShadow, { args }: Call, [kind]: Reply): void {
    const epoch = Number(args[1]);
    this.#gateOf(shadow.provider).end(`${shadow.jobId}:${epoch}`);
    if (kind !== 'released') return;
    this.#law.demand(
      epoch === shadow.epoch && epoch !== shadow.appliedEpoch,
      () => 'a claim of others was released',
      shadow.jobId,
    );
    shadow.earliest = this.#space.now();
    this.#recorder.released(shadow.jobId, epoch);
  }

  /** Events that were appended since: each with an id of its own, unless it is told again on purpose. */
  #readEvents(by: string): void {
    const entries = this.#space.find(keys.events, 'stream')?.entries ?? [];
    for (; this.#eventsSeen < entries.length; this.#eventsSeen += 1) {
      const json = String(entries[this.#eventsSeen]?.fields[1]);
      const { id = '', type = '', subject = '' } = head.exec(json)?.groups ?? {};
      if (by === 'republish') continue;
      this.#law.demand(!this.#eventIds.has(id), () => `event ${id} twice`, subject);
      this.#eventIds.add(id);
      // With fresh links the end is told again.
      const isFirst = !/"manifestVersion":(?!1\b)\d/.test(json);
      const shadow = this.shadows.get(subject);
      if (shadow && isFirst && settling.has(type)) shadow.endings += 1;
    }
  }

  /** What holds of every record at any time. */
  #whole(shadow: JobShadow, fields: Fields): void {
    const { jobId } = shadow;
    const state = textIn(fields, 'state') ?? '';
    const epoch = numberIn(fields, 'epoch');
    const version = numberIn(fields, 'version');
    const { demand } = this.#law;
    const law = demand.bind(this.#law);
    law(!isFinal(shadow.state) || state === shadow.state, () => `${shadow.state} became ${state}`, jobId);
    law(epoch === shadow.epoch, () => `epoch ${shadow.epoch} became ${epoch}`, jobId);
    law(version >= shadow.version, () => `version ${shadow.version} became ${version}`, jobId);
    shadow.state = state;
    shadow.version = version;
    law(
      shadow.endings === (isFinal(state) ? 1 : 0),
      () => `${shadow.endings} events of its end, though ${state}`,
      jobId,
    );
    const isOpen = !isFinal(state) || fields.has('refreshUntil') || fields.has('deleteUntil');
    const isDue = this.#space.find(keys.due, 'zset')?.scores.has(jobId) ?? false;
    law(isOpen === isDue, () => `${state}, and ${isDue ? '' : 'not '}in the due index`, jobId);
    law(fields.size <= 80, () => `a record of ${fields.size} fields`, jobId);
  }
}
