import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Receivers of webhooks: one that takes what it is sent, at its own pace, and one that does not. */
export async function startHooks() {
  let count = 0;
  const server = createServer((request, response) => {
    request.resume();
    count += 1;
    setTimeout(
      () => response.writeHead(request.url === '/well' ? 204 : 500).end(),
      5 + (count % 20) * 4,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    async subscribe(apiUrl: string): Promise<void> {
      for (const path of ['well', 'badly']) {
        const response = await fetch(`${apiUrl}/v1/webhook-endpoints`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ url: `${origin}/${path}` }),
        });
        if (!response.ok) throw new Error(`endpoint: ${response.status} ${await response.text()}`);
      }
    },
    async stop(): Promise<void> {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
