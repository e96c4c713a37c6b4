import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newSecret } from '@bulkwatch/testkit';
import { createTokenDesk } from './talkative-token-desk.js';

/** A provider that repeats to the caller whatever it was sent, in every place where there is room for it. */
export interface TalkativeProvider {
  readonly origin: string;
  /** Every access token that it has issued, and every assertion that it was shown. */
  readonly secrets: ReadonlySet<string>;
  /** How many status requests it has had for the export of that name. */
  pollsOf(name: string): number;
  /** The clients that were refused a token. */
  troubled(): string[];
  stop(): Promise<void>;
}

/** What the answer to a request is made from. */
interface Heard {
  readonly response: ServerResponse;
  readonly token: string;
  /** The URL that was asked, query and all. */
  readonly url: string;
  /** The query that the status URL had, with its question mark. */
  readonly query: string;
  /** The Authorization and the URL in a sentence. */
  readonly echo: string;
  /** How many requests there were for the same before this one. */
  readonly earlier: number;
}

type Answer = (heard: Heard) => void;

const soon = { 'Retry-After': '1' };

const outcomeOf = ({ echo }: Heard, code: string): string =>
  JSON.stringify({
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code, details: { text: echo }, diagnostics: echo }],
  });

const jsonHeaders = { 'Content-Type': 'application/fhir+json' };

/** Signature in the URLs of files: for who may read the manifest from the api, and for nobody else. */
export const fileSignature = newSecret();

/** Signature in the URL of the next page of a manifest. */
export const pageSignature = newSecret();

/** Files whose URLs are signed, in every way in which a URL can hold a signature. */
const signedFiles = {
  transactionTime: '2026-01-01T00:00:00Z',
  request: 'https://ehr.example.org/Group/1/$export?_type=Patient',
  requiresAccessToken: true,
  output: [
    { type: 'Patient', url: `https://ehr.example.org/1?sig=${fileSignature}` },
    { type: 'Patient', url: `https://reader:${fileSignature}@ehr.example.org/2` },
    {
      type: 'Patient',
      url: `/files/3?sig=${fileSignature}`,
      extension: [{ part: { url: `/3?${fileSignature}` } }],
    },
  ],
  error: [{ type: 'OperationOutcome', url: `https://ehr.example.org/4?sig=${fileSignature}` }],
};

/** Exports by how they are answered. */
export const answers = {
  progress(heard) {
    if (heard.earlier < 3) return inProgress(heard);
    heard.response.writeHead(200, jsonHeaders).end(JSON.stringify(signedFiles));
  },
  partly(heard) {
    const { response, earlier } = heard;
    response
      .writeHead(earlier < 2 ? 202 : 200, { ...jsonHeaders, ...soon })
      .end(JSON.stringify(signedFiles));
  },
  'in-pages'({ response, url }) {
    const next = `${url.split('?')[0]}?page=2&sig=${pageSignature}`;
    const link = url.includes('page=2') ? [] : [{ relation: 'next', url: next }];
    response.writeHead(200, jsonHeaders).end(JSON.stringify({ ...signedFiles, link }));
  },
  // After what a `progress` tells at its end, nothing more is remembered of a job.
  forever: inProgress,
  unwell: (heard) => heard.response.writeHead(500, jsonHeaders).end(outcomeOf(heard, 'exception')),
  failed: (heard) => heard.response.writeHead(404, jsonHeaders).end(outcomeOf(heard, 'deleted')),
  expired: (heard) => heard.response.writeHead(410).end(heard.echo),
  unauthorized: (heard) =>
    heard.response
      .writeHead(401, {
        ...soon,
        'WWW-Authenticate': `Bearer error="invalid_token", error_description="${heard.echo}"`,
      })
      .end(outcomeOf(heard, 'login')),
  forbidden: (heard) =>
    heard.response.writeHead(403, jsonHeaders).end(outcomeOf(heard, 'forbidden')),
  throttled: (heard) => heard.response.writeHead(429, soon).end(heard.echo),
  'in-a-page': (heard) =>
    heard.response.writeHead(200, { 'Content-Type': 'text/html' }).end(`<p>${heard.echo}</p>`),
  'odd-delay': (heard) => heard.response.writeHead(202, { 'Retry-After': heard.echo }).end(),
  'no-http': ({ response, echo }) =>
    void response.socket?.end(`HTTP/1.1 ${echo}\r\n${echo}\r\n\r\n`),
  'cut-short': ({ response, echo }) => {
    response.writeHead(200, { ...jsonHeaders, 'Content-Length': '100000', 'X-Progress': echo });
    response.write(echo, () => response.destroy());
  },
  moved: ({ response, query, token, earlier }) =>
    response
      .writeHead(earlier % 2 === 0 ? 307 : 302, {
        ...soon,
        Location: `/exports/forever/moved${query}&access_token=${token}`,
      })
      .end(),
  elsewhere: ({ response, query, token }) =>
    response
      .writeHead(302, {
        ...soon,
        Location: `http://user:${token}@127.0.0.2:1/exports/forever/elsewhere${query}&token=${token}`,
      })
      .end(),
  paged(heard) {
    const { response, url, query, token } = heard;
    const link = [{ relation: 'next', url: `${url.split('?')[0]}?page=2&sig=${pageSignature}` }];
    const manifest = { ...signedFiles, transactionTime: token, request: token, link };
    if (url.includes('page=2'))
      response.writeHead(500, jsonHeaders).end(outcomeOf(heard, 'exception'));
    else
      response
        .writeHead(200, { ...jsonHeaders, Link: `<${query}>; rel="next"` })
        .end(JSON.stringify(manifest));
  },
} satisfies Record<string, Answer>;
export type AnswerName = keyof typeof answers;

function inProgress({ response, echo, token }: Heard): void {
  response
    .writeHead(202, { ...soon, 'X-Progress': echo, 'X-Request-Id': token, 'opc-request-id': token })
    .end(echo);
}

/** `GET /exports/{answer}/{anything}` and `POST /token/{client}`, on loopback. */
export async function startTalkativeProvider(): Promise<TalkativeProvider> {
  const desk = createTokenDesk();
  const counts = new Map<string, number>();
  const countOf = (path: string): number => counts.get(path) ?? 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search: query } = new URL(request.url ?? '', 'http://provider');
    const [, room, name = ''] = pathname.split('/');
    const earlier = countOf(pathname);
    counts.set(pathname, earlier + 1);
    const body = await textOf(request);
    const { authorization = '', host } = request.headers;
    if (room === 'token')
      return desk.answer(response, { client: name, authorization, body, earlier });
    const url = `http://${host}${request.url}`;
    const token = authorization.replace(/^\w+ /, '');
    const echo = `You sent ${token} (${authorization}) to ${url}`;
    answers[name as AnswerName]({ response, token, url, query, echo, earlier });
  }

  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secrets: desk.secrets,
    troubled: () => [...desk.troubled],
    pollsOf: (name) => countOf(`/exports/${name}`),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
