import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** An answer of the api. */
export interface Answered {
  readonly status: number;
  readonly text: string;
}

/** What callers went through. */
export interface CallerRecord {
  readonly answered: number;
  /** Tries after a connection that was refused or cut off before an answer. */
  readonly retries: number;
  /** Answers other than those hoped for, and requests that no retry has saved. */
  readonly failures: readonly string[];
}

const triesMax = 3;

/** Callers that keep their connections, and try again where one is lost, as any client of HTTP does (RFC 9110 section 9.2.2). */
export function steadyCallers(baseUrl: string) {
  const stopping = new AbortController();
  const record = { answered: 0, retries: 0, failures: [] as string[] };
  const loops: Promise<void>[] = [];

  async function ask(agent: Agent, path: string, of: Call): Promise<Answered | undefined> {
    for (let tries = 1; ; tries += 1) {
      try {
        const answer = await exchange(agent, `${baseUrl}${path}`, of);
        record.answered += 1;
        if (of.expected.includes(answer.status)) return answer;
        record.failures.push(`${path}: ${answer.status} ${answer.text}`);
        return undefined;
      } catch (error) {
        if (tries === triesMax) {
          record.failures.push(`${path}: ${String(error)}`);
          return undefined;
        }
        record.retries += 1;
      }
    }
  }

  return {
    record: record as CallerRecord,
    /** Does the same again and again, on connections of its own, until all are stopped. */
    caller(everyMs: number, act: (call: (...of: CallParameters) => Called) => Promise<unknown>) {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const run = async (): Promise<void> => {
        while (!stopping.signal.aborted) {
          await act((path, of) => ask(agent, path, of));
          await pause(everyMs);
        }
        agent.destroy();
      };
      loops.push(run());
    },
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

type Called = Promise<Answered | undefined>;
type CallParameters = [path: string, of: Call];

interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly expected: readonly number[];
}

function exchange(
  agent: Agent,
  url: string,
  { method = 'GET', headers: own = {}, body }: Omit<Call, 'expected'>,
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const headers = { ...own, ...(body && { 'content-type': 'application/json' }) };
    const request = httpRequest(url, { agent, method, headers }, (response: IncomingMessage) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('close', () =>
        response.complete
          ? resolve({ status: response.statusCode ?? 0, text })
          : reject(new Error('cut off in the middle of an answer')),
      );
    });
    request.on('error', reject);
    request.end(body && JSON.stringify(body));
  });
}
