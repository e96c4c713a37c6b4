import type { CircuitLimits, GateLimits } from '../src/gate-limits.js';
import type { PollFacts } from '../src/job-store.js';

/**
 * What may begin at a provider, without turns and without Redis: places, pace (GCRA), pauses and the circuit. It
 * knows neither who is next nor when to come back; only whether a request is allowed at all.
 */
export class GateModel {
  readonly changes: string[] = [];
  private pausedUntil = 0;
  private readonly inFlight = new Map<string, number>();
  private tat = 0;
  private window = Number.POSITIVE_INFINITY;
  private failures = 0;
  private failedBy = '';
  private circuit:
    | { until: number; count: number; probe?: { jobId: string; until: number } }
    | undefined;

  private readonly limits: GateLimits;
  private readonly breaker: CircuitLimits;
  private readonly budgetMs: number;

  constructor(limits: GateLimits, breaker: CircuitLimits, budgetMs: number) {
    this.limits = limits;
    this.breaker = breaker;
    this.budgetMs = budgetMs;
  }

  /** Somebody looks at the clock: one that was set back must not make the next request wait for it. */
  look(now: number): void {
    this.tat = Math.min(this.tat, now + this.limits.burst * this.spacingMs);
  }

  /** Why no request may begin now; undefined where one may. */
  refusal(now: number): string | undefined {
    const { until = 0, probe } = this.circuit ?? {};
    if (now < this.pausedUntil) return 'the provider asked for a pause';
    if (now < until) return 'the circuit is open';
    if (this.circuit && probe && now < probe.until) return 'there is a probe already';
    const taken = [...this.inFlight.values()].filter((endsAt) => now < endsAt).length;
    if (taken >= Math.min(this.window, this.limits.concurrency)) return 'no place is free';
    return now < this.earliestByPace ? 'too soon after the others' : undefined;
  }

  /** When the pace allows the next one; a ms is left for rounding. */
  private get earliestByPace(): number {
    return this.tat - (this.limits.burst - 1) * this.spacingMs - 1;
  }

  begin(now: number, jobId: string): void {
    this.inFlight.set(jobId, now + this.budgetMs);
    this.tat = Math.max(this.tat, now) + this.spacingMs;
    if (this.circuit) this.circuit.probe = { jobId, until: now + this.budgetMs };
  }

  end(
    now: number,
    jobId: string,
    { verdict, pauseMs = 0 }: { verdict: PollFacts['verdict']; pauseMs?: number | undefined },
  ): void {
    this.inFlight.delete(jobId);
    if (pauseMs > 0) this.pausedUntil = Math.max(this.pausedUntil, now + pauseMs);
    if (verdict === 'up') this.cameBack();
    else if (this.circuit?.probe?.jobId === jobId) this.probeFailed(now, verdict);
    else if (verdict === 'down' && !this.circuit && this.failedBy !== jobId)
      this.failed(now, jobId);
  }

  private cameBack(): void {
    this.failures = 0;
    this.failedBy = '';
    this.window = this.circuit ? 1 : this.window + 1;
    if (this.circuit) this.changes.push('closed');
    this.circuit = undefined;
  }

  private probeFailed(now: number, verdict: PollFacts['verdict']): void {
    const { until, count } = this.circuit ?? { until: 0, count: 0 };
    this.circuit = verdict === 'down' ? this.opened(now, count + 1) : { until, count };
  }

  private failed(now: number, jobId: string): void {
    this.failures += 1;
    this.failedBy = jobId;
    if (this.failures < this.breaker.failures) return;
    this.failures = 0;
    this.failedBy = '';
    this.window = Number.POSITIVE_INFINITY;
    this.changes.push('opened');
    this.circuit = this.opened(now, 1);
  }

  private opened(now: number, count: number) {
    const { probeFirstMs, probeLongestMs } = this.breaker;
    return { until: now + Math.min(probeFirstMs * 2 ** (count - 1), probeLongestMs), count };
  }

  private get spacingMs(): number {
    return 1_000 / this.limits.perSecond;
  }
}
