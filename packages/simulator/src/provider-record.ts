/** One request to a status URL, or a page of it, as the provider saw it. Instants are of its own monotonic clock. */
export interface ProviderRequest {
  readonly exportId: string;
  /** Name of the page that was asked for; null for the status URL itself. */
  readonly page: string | null;
  readonly method: string;
  /** Path and query as they came. */
  readonly path: string;
  /** Whether it came to the simulator's second origin, where no token belongs. */
  readonly isOtherOrigin: boolean;
  /** The `opc-request-id` it was given. */
  readonly requestId: string;
  /** Its Accept header; null where it had none. */
  readonly accept: string | null;
  readonly hasAuthorization: boolean;
  /** Whether it carried a token that was never issued here, and so belongs to somebody else. */
  readonly hasForeignToken: boolean;
  /** Whether it carried a valid bearer token, or needed none. */
  readonly authorized: boolean;
  readonly receivedAtMs: number;
  /** When the answer's last byte was sent; null while it is not, or when it did not go out whole. */
  readonly answeredAtMs: number | null;
  /** When the request was over, answered or not; null while it is in flight. */
  readonly closedAtMs: number | null;
  /** Null where no answer was given. */
  readonly status: number | null;
  /** The delay that the answer asked for; null where it asked for none that can be read. */
  readonly retryAfterMs: number | null;
  /** Before this instant it was not to come: the end of the delay that the export's last whole answer asked for. */
  readonly notBeforeMs: number | null;
}

export interface TokenRequest {
  readonly receivedAtMs: number;
  /** When it was over, answered or not. */
  readonly closedAtMs: number;
  /** Null where no answer was given. */
  readonly status: number | null;
}

/** What the provider remembers of its clients, to be asked by tests. */
export interface ProviderRecord {
  /** Requests to status URLs in order of arrival; the oldest are forgotten beyond a limit. */
  readonly requests: readonly ProviderRequest[];
  /** How many were forgotten. */
  readonly forgotten: number;
  readonly tokenRequests: readonly TokenRequest[];
  requestsOf(exportId: string): readonly ProviderRequest[];
  /** Polls that came before the delay asked for was over, by more than the tolerance. */
  earlyPolls(toleranceMs?: number): readonly ProviderRequest[];
  /** The most requests to status URLs that were in flight at once, of all exports or of one. */
  maxConcurrency(exportId?: string): number;
}

type Outcome = Pick<ProviderRequest, 'status' | 'retryAfterMs' | 'answeredAtMs'>;
type Arrival = Omit<ProviderRequest, keyof Outcome | 'receivedAtMs' | 'closedAtMs' | 'notBeforeMs'>;

/** What the simulator writes into its record. */
export interface Recorder {
  readonly record: ProviderRecord;
  /** Opens the record of a request; the function it returns closes it. */
  begin(request: Arrival): (outcome: Outcome) => void;
  /** Requests to status URLs whose record is open. */
  inFlight(): number;
  /** Opens the record of a request for a token; the function it returns closes it. */
  tokenRequest(): (status: number | null) => void;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Is told of each request when it is over. */
export interface RecordListener {
  request(request: ProviderRequest): void;
  tokenRequest(request: TokenRequest): void;
}

export interface RecorderOptions {
  /** How many requests are remembered at least; up to twice as many are kept. */
  readonly limit?: number | undefined;
  readonly clockMs?: () => number;
  readonly listener?: RecordListener | undefined;
}

export function createRecorder({
  limit = 200_000,
  clockMs = () => performance.now(),
  listener,
}: RecorderOptions = {}): Recorder {
  const requests = boundedList<Mutable<ProviderRequest>>(limit);
  const tokenRequests = boundedList<TokenRequest>(limit);
  let inFlight = 0;
  const notBeforeMs = new Map<string, number>();
  const remember = (exportId: string, { answeredAtMs, retryAfterMs }: Outcome) => {
    if (answeredAtMs === null) return;
    if (retryAfterMs === null) notBeforeMs.delete(exportId);
    else notBeforeMs.set(exportId, answeredAtMs + retryAfterMs);
  };

  return {
    record: readSide(requests, tokenRequests),
    begin(request) {
      const entry: Mutable<ProviderRequest> = {
        ...request,
        receivedAtMs: clockMs(),
        answeredAtMs: null,
        closedAtMs: null,
        status: null,
        retryAfterMs: null,
        notBeforeMs: notBeforeMs.get(request.exportId) ?? null,
      };
      requests.add(entry);
      inFlight += 1;
      return (outcome) => {
        inFlight -= 1;
        Object.assign(entry, outcome, { closedAtMs: clockMs() });
        remember(request.exportId, outcome);
        listener?.request(entry);
      };
    },
    inFlight: () => inFlight,
    tokenRequest() {
      const receivedAtMs = clockMs();
      return (status) => {
        const entry = { receivedAtMs, closedAtMs: clockMs(), status };
        tokenRequests.add(entry);
        listener?.tokenRequest(entry);
      };
    },
  };
}

function readSide(
  requests: BoundedList<ProviderRequest>,
  tokenRequests: BoundedList<TokenRequest>,
): ProviderRecord {
  const requestsOf = (exportId: string) =>
    requests.items().filter((request) => request.exportId === exportId);
  return {
    get requests() {
      return requests.items();
    },
    get forgotten() {
      return requests.forgotten();
    },
    get tokenRequests() {
      return tokenRequests.items();
    },
    requestsOf,
    earlyPolls: (toleranceMs = 0) =>
      requests.items().filter((request) => isEarly(request, toleranceMs)),
    maxConcurrency: (exportId) =>
      mostInFlight(exportId === undefined ? requests.items() : requestsOf(exportId)),
  };
}

const isEarly = ({ method, receivedAtMs, notBeforeMs }: ProviderRequest, toleranceMs: number) =>
  method === 'GET' && notBeforeMs !== null && receivedAtMs + toleranceMs < notBeforeMs;

function mostInFlight(requests: readonly ProviderRequest[]): number {
  const changes = requests
    .flatMap(({ receivedAtMs, answeredAtMs, closedAtMs }) => [
      { atMs: receivedAtMs, by: 1 },
      { atMs: answeredAtMs ?? closedAtMs ?? Number.POSITIVE_INFINITY, by: -1 },
    ])
    .toSorted((one, other) => one.atMs - other.atMs || one.by - other.by);
  let inFlight = 0;
  let most = 0;
  for (const change of changes) {
    inFlight += change.by;
    most = Math.max(most, inFlight);
  }
  return most;
}

interface BoundedList<T> {
  items(): readonly T[];
  forgotten(): number;
  add(item: T): void;
}

/** Forgets in one go what exceeds the limit twice over, which costs nothing per item. */
function boundedList<T>(limit: number): BoundedList<T> {
  let items: T[] = [];
  let forgotten = 0;
  return {
    items: () => items,
    forgotten: () => forgotten,
    add(item) {
      items.push(item);
      if (items.length <= 2 * limit) return;
      forgotten += items.length - limit;
      items = items.slice(-limit);
    },
  };
}
