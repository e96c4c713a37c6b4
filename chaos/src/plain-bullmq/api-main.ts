/** What stands before a plain queue: a registration is `queue.add`, and its Idempotency-Key the id of the job. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { Queue } from 'bullmq';
import { type PlainExport, queueName } from './plain-export.js';
import { startReadiness } from './readiness.js';

const env = process.env;
const queue = new Queue<PlainExport>(queueName, {
  connection: { url: env['BULKWATCH_REDIS_URL'] ?? '', enableOfflineQueue: false },
});
queue.on('error', (error) => process.stderr.write(`${error.message}\n`));

interface Added {
  readonly status: number;
  readonly job?: { readonly id: string };
}

async function add(body: string, jobId: string | undefined): Promise<Added> {
  try {
    const data = JSON.parse(body) as PlainExport;
    const { id = '' } = await queue.add('poll', data, jobId === undefined ? {} : { jobId });
    return { status: 201, job: { id } };
  } catch {
    return { status: 503 };
  }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  if (request.method !== 'POST') return void response.writeHead(404).end();
  if (request.url === '/v1/jobs') {
    const key = request.headers['idempotency-key'];
    const { status, job } = await add(body, typeof key === 'string' ? key : undefined);
    response.writeHead(status).end(JSON.stringify(job ?? {}));
  } else if (request.url === '/v1/jobs/batch') {
    const added = await Promise.all(body.split('\n').map((line) => add(line, undefined)));
    response.writeHead(200).end(added.map((one) => JSON.stringify(one)).join('\n'));
  } else {
    response.writeHead(404).end();
  }
}

createServer((request, response) => {
  answer(request, response).catch(() => response.destroy());
}).listen(Number(env['BULKWATCH_API_PORT']), '127.0.0.1');
startReadiness(Number(env['BULKWATCH_API_OPS_PORT']));

process.on('SIGTERM', () => void queue.close().then(() => process.exit(0)));
