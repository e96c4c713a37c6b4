import type { IncomingMessage } from 'node:http';
import { type LogLevel, type LogLevelControl, logLevels } from './logging/log-level.js';
import type { Answer } from './ops-answer.js';
import { jsonAnswer } from './ops-answer.js';
import { isLoopbackHost } from './settings/loopback-host.js';
import { duration } from './settings/setting-kinds.js';

/** A request to change the level is some forty bytes. */
const bodyMaxBytes = 1_024;
const span = duration('1s', '1h');
const defaultSpan = '10m';

/**
 * `GET`, `PUT {"level": "debug", "for": "10m"}` and `DELETE /log-level`. The ops port asks nobody who they are, so only
 * programs on this very host are heard: no connection from elsewhere, nothing that came by a proxy, no web page.
 */
export async function answerLogLevel(
  request: IncomingMessage,
  control: LogLevelControl,
): Promise<Answer> {
  if (!isFromHere(request)) return jsonAnswer(403, { error: 'only from this host' });
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return jsonAnswer(200, control.state());
    case 'DELETE':
      return jsonAnswer(200, control.reset('ops-port'));
    case 'PUT':
      return lower(await readBody(request), control);
    case undefined:
    default:
      return {
        ...jsonAnswer(405, { error: 'method not allowed' }),
        allow: 'GET, HEAD, PUT, DELETE',
      };
  }
}

/** Headers by which a proxy, or a browser, says that it is one. */
const tellTales = ['forwarded', 'x-forwarded-for', 'via', 'origin', 'sec-fetch-site'];

function isFromHere({ socket, headers }: IncomingMessage): boolean {
  const address = socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
  return isLoopbackHost(address) && tellTales.every((name) => headers[name] === undefined);
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > bodyMaxBytes) return undefined;
  }
  return text;
}

function lower(body: string | undefined, control: LogLevelControl): Answer {
  const asked = readRequest(body);
  if (asked === undefined)
    return refused(`body: expected {"level": one of ${logLevels.join(', ')}, "for": a duration}`);
  const forMs = span.parse(asked.for);
  if ('problem' in forMs) return refused(`for: ${forMs.problem}`);
  const state = control.lower(asked.level, forMs.value, 'ops-port');
  return state
    ? jsonAnswer(200, state)
    : refused(`level: must not be less talkative than ${control.state().configured}`);
}

const refused = (error: string): Answer => jsonAnswer(400, { error });

function readRequest(body = ''): { level: LogLevel; for: string } | undefined {
  try {
    const {
      level,
      for: given = defaultSpan,
      ...rest
    } = JSON.parse(body) as Record<string, unknown>;
    const known = logLevels.find((one) => one === level);
    if (known === undefined || typeof given !== 'string' || Object.keys(rest).length > 0)
      return undefined;
    return { level: known, for: given };
  } catch {
    return undefined;
  }
}
