import type { Socket } from 'node:net';
import { type Pace, pacedPipe } from './paced-pipe.js';
import { commandSplitter, type SentCommand } from './split-commands.js';

export interface ProxiedConnection {
  /** Whether the client has sent this text. */
  hasSent(text: string): boolean;
  /** Nothing passes any more, in either direction, and neither side is told: what is sent is taken, and lost. */
  mute(): void;
}

/** What the proxy can do with a connection besides. */
export interface OpenConnection extends ProxiedConnection {
  readonly isMuted: boolean;
  /** Ends it on both sides as a host that has forgotten it does (RST). */
  reset(): void;
  /** Has what was stalled go on. */
  flush(): void;
}

export interface ConnectionOptions {
  readonly client: Socket;
  readonly target: Socket;
  readonly isMuted: boolean;
  readonly pace: Pace;
  /** Told of each command before it is passed on. */
  onRequest(text: string): void;
  /** Whether the reply to that command is to be lost. */
  losesReplyTo(text: string): boolean;
  /** Told when a reply was lost. */
  onReplyLost(): void;
  /** Told when the client has gone. */
  onLeft(): void;
  /** Told when nothing is left of it. */
  onClosed(): void;
}

/** The end of what a client sent, which is looked through, in characters. */
const rememberedMax = 64 * 1024;
/** Asked after a command whose reply is to be lost: once it is answered, that command has run. */
const hasRun = 'fault-proxy-has-run';
const askWhetherRun = Buffer.from(`*2\r\n$4\r\nPING\r\n$${hasRun.length}\r\n${hasRun}\r\n`);

/** Joins two sockets with all that can go wrong between them. */
export function openConnection(options: ConnectionOptions): OpenConnection {
  const { client, target, pace } = options;
  let isMuted = options.isMuted;
  let sent = '';
  let losing = false;
  let answered = '';
  const up = pacedPipe(pace, (chunk) => target.write(chunk));
  const down = pacedPipe(pace, (chunk) => client.write(chunk));

  const reset = (): void => {
    for (const pipe of [up, down]) pipe.drop();
    for (const socket of [client, target]) socket.resetAndDestroy();
  };
  const loseReply = (): void => {
    losing = true;
    up.write(askWhetherRun);
  };
  const request = ({ text, bytes }: SentCommand): void => {
    if (losing) return;
    options.onRequest(text);
    if (isMuted) return;
    up.write(bytes);
    if (options.losesReplyTo(text)) loseReply();
  };
  const split = commandSplitter();
  client.on('data', (chunk) => {
    sent = `${sent}${chunk.toString('latin1')}`.slice(-rememberedMax);
    for (const command of split(chunk)) request(command);
  });
  target.on('data', (chunk) => {
    if (isMuted) return;
    if (!losing) {
      down.write(chunk);
      return;
    }
    answered = `${answered}${chunk.toString('latin1')}`.slice(-rememberedMax);
    if (answered.includes(hasRun)) reset();
  });
  for (const socket of [client, target]) socket.on('error', () => undefined);
  // What was sent before the end arrives before it, however late.
  client.on('close', () => {
    options.onLeft();
    if (isMuted) target.destroy();
    else up.end(() => target.destroy());
  });
  target.on('close', () => {
    options.onClosed();
    if (losing) options.onReplyLost();
    if (!isMuted) down.end(() => client.destroy());
  });

  return {
    hasSent: (text) => sent.includes(text),
    mute() {
      isMuted = true;
    },
    get isMuted() {
      return isMuted;
    },
    reset,
    flush: () => {
      for (const pipe of [up, down]) pipe.flush();
    },
  };
}
