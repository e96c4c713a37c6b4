import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JSONWebKeySet } from 'jose';
import { createAssertionJudge } from './client-assertion.js';
import { createExportBook } from './export-book.js';
import type { ExportScript } from './export-script.js';
import type { Interlude, Interruptible } from './interlude.js';
import { oracleExport } from './oracle-export.js';
import { type PlayOptions, scriptOf } from './play-request.js';
import type { Provider } from './provider.js';
import { createRecorder, type ProviderRecord, type RecordListener } from './provider-record.js';
import { requestListener } from './request-listener.js';
import { routesOf, tokenPath } from './routes.js';
import type { ScenarioName } from './scenarios.js';
import { createTokenBook } from './token-book.js';

export interface SimulatorOptions {
  /** Address to listen on; 127.0.0.1 by default. */
  readonly host?: string;
  /** Port to listen on; any free one by default. */
  readonly port?: number;
  /** Port of the second origin; any free one by default. */
  readonly otherPort?: number;
  /** Origin of the URLs handed out, when clients reach the simulator by another name than it listens on. */
  readonly publicOrigin?: string;
  /** The one client that gets tokens; `demoClient` by default. */
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Its public keys, with which it may sign assertions in place of the secret. */
  readonly clientJwks?: JSONWebKeySet;
  /** What every access token begins with; random by default. */
  readonly tokenStamp?: string;
  /** Life of an access token; 570 by default, as with Oracle. */
  readonly tokenLifeSeconds?: number;
  /** Whether exports need a bearer token; true by default. */
  readonly requireToken?: boolean;
  /** How exports go that begin by a kick-off request; three polls, five seconds apart, by default. */
  readonly kickedOff?: ExportScript;
  /** Is told of each request when it is over. */
  readonly listener?: RecordListener;
  /** Wall clock for token life, `Expires` and dates, in epoch milliseconds. The record has its own clock. */
  readonly now?: () => number;
}

export interface Simulator {
  readonly origin: string;
  /** A second origin with the same exports, which asks for no token: what redirects elsewhere lead to. */
  readonly otherOrigin: string;
  readonly tokenUrl: string;
  readonly record: ProviderRecord;
  /** Begins an export. Throws on a bad script, or an id that is taken. */
  createExport(script?: ExportScript): { readonly id: string; readonly statusUrl: string };
  /** Begins an export that goes as the scenario of that name does. Throws as `createExport` does. */
  play(
    name: ScenarioName,
    options?: PlayOptions,
  ): { readonly id: string; readonly statusUrl: string };
  /**
   * Stands between the clients and every answer of that kind from now on, in place of the interlude before;
   * without one, everybody gets what the scripts say again.
   */
  interrupt(what: Interruptible, interlude?: Interlude): void;
  /** Requests to status URLs and pages that are not over. */
  inFlight(): number;
  /** Makes every token issued so far invalid. */
  revokeTokens(): void;
  /** Closes every connection, answered or not. */
  stop(): Promise<void>;
}

/** Client of a simulator that is not given another one. The secret protects nothing. */
export const demoClient = { id: 'demo-client', secret: 'not-a-secret' } as const;

/**
 * Starts a fake provider that plays Oracle Health: token endpoint, kick-off, status URL and files, with
 * the answers of each export scripted. Rejects when the port cannot be listened on.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { host = '127.0.0.1' } = options;
  const origins = { main: '', other: '' };
  const provider = providerOf(options, origins);
  const kickedOff = options.kickedOff ?? oracleExport({ retryAfterSeconds: 5 });
  const serverOf = (one: Provider) =>
    createServer(requestListener(routesOf(one, kickedOff), one.now));
  const server = serverOf(provider);
  const otherServer = serverOf({ ...provider, requireToken: false, isOtherOrigin: true });
  const port = await listen(server, host, options.port ?? 0);
  const otherPort = await listen(otherServer, host, options.otherPort ?? 0).catch(
    async (error: unknown) => {
      await stop(server);
      throw error;
    },
  );
  origins.main =
    options.publicOrigin ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  origins.other = `http://${new URL(origins.main).hostname}:${otherPort}`;

  return {
    origin: origins.main,
    otherOrigin: origins.other,
    tokenUrl: `${origins.main}${tokenPath}`,
    record: provider.recorder.record,
    createExport(input = oracleExport()) {
      const { id, statusUrl } = provider.exports.create(input);
      return { id, statusUrl };
    },
    play(scenario, playOptions) {
      const { id, statusUrl } = provider.exports.create(scriptOf({ scenario, ...playOptions }));
      return { id, statusUrl };
    },
    inFlight: () => provider.recorder.inFlight(),
    interrupt(what, interlude) {
      if (interlude === undefined) delete provider.interludes[what];
      else provider.interludes[what] = interlude;
    },
    revokeTokens: () => provider.tokens.revokeAll(),
    async stop() {
      await Promise.all([stop(server), stop(otherServer)]);
    },
  };
}

/** @param origins filled in once the ports are known */
function providerOf(
  options: SimulatorOptions,
  origins: { readonly main: string; readonly other: string },
): Provider {
  const { now = Date.now } = options;
  return {
    client: {
      id: options.clientId ?? demoClient.id,
      secret: options.clientSecret ?? demoClient.secret,
    },
    exports: createExportBook({
      origin: () => origins.main,
      otherOrigin: () => origins.other,
      now,
    }),
    assertions: createAssertionJudge({
      clientId: options.clientId ?? demoClient.id,
      jwks: options.clientJwks ?? { keys: [] },
      now,
    }),
    tokenUrl: () => `${origins.main}${tokenPath}`,
    tokens: createTokenBook(options.tokenLifeSeconds ?? 570, now, options.tokenStamp),
    recorder: createRecorder({ listener: options.listener }),
    interludes: {},
    requireToken: options.requireToken ?? true,
    isOtherOrigin: false,
    now,
  };
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  // Longer than any client keeps an idle connection, so that none is closed under a request.
  server.keepAliveTimeout = 120_000;
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    else socket.destroy();
  });
  server.listen(port, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function stop(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
