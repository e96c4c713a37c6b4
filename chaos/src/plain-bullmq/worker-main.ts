/** A worker of plain BullMQ, with the defaults of the engine. Takes the settings of ours that it understands. */
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { createAccessTokens } from './access-tokens.js';
import { type PlainExport, queueName } from './plain-export.js';
import { pollExport } from './poll-export.js';
import { startReadiness } from './readiness.js';

const env = process.env;
const connection = { url: env['BULKWATCH_REDIS_URL'] ?? '' };
const timeoutMs = Number.parseInt(env['BULKWATCH_REQUEST_TIMEOUT'] ?? '', 10);
const maxStalledCount = Number(env['PLAIN_BULLMQ_MAX_STALLED'] ?? '');

const redis = new Redis(connection.url);
redis.on('error', () => undefined);
const tokens = createAccessTokens(env['BULKWATCH_CREDENTIALS_FILE'] ?? '', timeoutMs);
const worker = new Worker<PlainExport>(queueName, pollExport({ redis, tokens, timeoutMs }), {
  connection,
  concurrency: 50,
  ...(maxStalledCount > 0 && { maxStalledCount }),
});
worker.on('error', (error) => process.stderr.write(`${error.message}\n`));
startReadiness(Number(env['BULKWATCH_WORKER_OPS_PORT']));

process.on('SIGTERM', () => void worker.close().then(() => process.exit(0)));
