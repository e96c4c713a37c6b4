// Receives the events of a webhook, verified as Standard Webhooks have it, with node:http alone.
//   WEBHOOK_SECRET=whsec_... node examples/webhook-receiver.mjs [PORT]
import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';

const webhook = new Webhook(process.env.WEBHOOK_SECRET ?? '');
const longest = 1_048_576;
// In memory, for the example: keep them where your effects are, in the same transaction.
const seen = new Set();

/** The bytes of a body as they came: the signature is over these, not over what they mean. */
async function rawBody(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > longest) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function handle(event) {
  console.log(event.type, event.subject);
}

/** The status to answer with: 2xx ends the delivery, anything else has it sent again later. */
async function receive(request) {
  if (request.method !== 'POST') return 405;
  const body = await rawBody(request);
  if (body === undefined) return 413;
  let event;
  try {
    event = webhook.verify(body, request.headers);
  } catch (error) {
    console.log('refused:', error.message);
    return 401;
  }
  // The same event may come twice, under the same webhook-id.
  const id = request.headers['webhook-id'];
  if (seen.has(id)) return 204;
  handle(event);
  seen.add(id);
  return 204;
}

const server = createServer((request, response) => {
  void receive(request)
    .catch((error) => {
      console.error(error);
      return 500;
    })
    .then((status) => response.writeHead(status, { Connection: 'close' }).end());
});
server.listen(Number(process.argv[2] ?? 8081), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close());
