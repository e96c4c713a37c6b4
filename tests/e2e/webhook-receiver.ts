import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@bulkwatch/testkit';
import { Webhook } from 'standardwebhooks';

/** A post that was verified. */
export interface Post {
  readonly path: string;
  readonly id: string;
  readonly body: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * A receiver as others write it: it verifies each post with the library of Standard Webhooks, takes a while, and answers. It
 * can be taken away and come back where it was.
 *
 * @param secretsOf those that a path may be signed with: each signature has to be there
 * @param answer what the post with this number, from 0, is answered with
 */
export async function startReceiver(
  secretsOf: (path: string) => readonly string[],
  answer: (number: number) => number,
) {
  const port = await freePort();
  const posts: Post[] = [];
  const refused: string[] = [];
  let count = 0;

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const { pathname: path } = new URL(request.url ?? '', 'http://receiver');
    const headers = request.headers as Record<string, string>;
    try {
      for (const secret of secretsOf(path)) new Webhook(secret).verify(body, headers);
    } catch (error) {
      refused.push(`${path}: ${String(error)}`);
      return void response.writeHead(401).end();
    }
    const status = answer(count);
    count += 1;
    await sleep(30);
    // Noted before it is answered: what is killed in between has to come again.
    posts.push({ path, id: headers['webhook-id'] ?? '', body, status, headers });
    response.writeHead(status).end('thanks');
  }

  const open = async () => {
    const server = createServer((request, response) => {
      receive(request, response).catch(() => response.destroy());
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  };
  let server = await open();
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    posts,
    /** What was signed by nobody whom it knows. */
    refused,
    async kill(): Promise<void> {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
    async restart(): Promise<void> {
      server = await open();
    },
  };
}
