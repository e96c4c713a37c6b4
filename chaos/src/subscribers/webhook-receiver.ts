import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Dice } from '../dice.js';
import type { SeenEvent } from './seen-file.js';

/** Takes what is posted to it, most of the time. */
export interface WebhookReceiver {
  readonly origin: string;
  /** What it took, in order. */
  readonly seen: readonly SeenEvent[];
  /** Posts that nobody whom it knows has signed. */
  readonly refused: number;
  /** With what posts are signed. */
  secret: string;
  stop(): Promise<void>;
}

/** The share of posts that are answered with an error, before they are taken, and after. Each makes the whole receiver wait for seconds. */
const sickShare = 0.004;

/** Starts it on loopback. It verifies each post as Standard Webhooks has it. */
export async function startWebhookReceiver(dice: Dice): Promise<WebhookReceiver> {
  const seen: SeenEvent[] = [];
  let refused = 0;
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    if (!isSigned(request, body, receiver.secret)) {
      refused += 1;
      return void response.writeHead(401).end();
    }
    if (dice() < sickShare) return void response.writeHead(503).end();
    const { id, type, subject } = JSON.parse(body) as SeenEvent;
    seen.push({ id, type, subject });
    response.writeHead(dice() < sickShare ? 500 : 204).end();
  };
  const server = createServer((request, response) => {
    receive(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const receiver = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    get refused() {
      return refused;
    },
    secret: '',
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return receiver;
}

function isSigned({ headers }: IncomingMessage, body: string, secret: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signed = [headers['webhook-id'], headers['webhook-timestamp'], body].join('.');
  const right = createHmac('sha256', key).update(signed).digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .map((text) => Buffer.from(text.replace(/^v1,/, ''), 'base64'))
    .some((given) => given.length === right.length && timingSafeEqual(given, right));
}
