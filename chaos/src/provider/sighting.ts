/** One request as a provider of the chaos run saw it. Instants are ms on the harness's monotonic clock (`performance.now`). */
export interface Sighting {
  /** When it had arrived. */
  readonly at: number;
  /** When it was over: its last byte was handed to the network, or its connection was gone. */
  readonly endedAt: number;
  readonly origin: string;
  /** Null for requests for tokens, and for whatever comes to an evil origin. */
  readonly exportId: string | null;
  /** `evil`: it came to an origin that no token belongs to. */
  readonly kind: 'status' | 'delete' | 'token' | 'evil';
  /**
   * `right`: a token of this origin, alive or not; `wrong`: one that was never issued here, or any at all at an evil
   * origin. Never the value. Absent for requests for tokens, which authenticate a client.
   */
  readonly authorization?: 'right' | 'wrong' | 'none';
  /** The delay that its answer asked for, by a Retry-After that can be read, ms; absent where the answer did not go out whole. */
  readonly askedForMs?: number;
  /** Of the answer, as the timeline of the job tells it; absent where there is no timeline to stand in. */
  readonly requestId?: string;
  /** Whether the answer's last byte was sent. */
  readonly answered: boolean;
  /** Status of the answer; null where not even the status line went out. */
  readonly ending: number | null;
}
