import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * Sends one command, words separated by blanks, to a Redis on a loopback port, and gives its reply as it came. `login` is what
 * `AUTH` is to be given before. Throws where the reply is an error, or where Redis cannot be reached.
 */
export async function tellRedis(port: number, command: string, login?: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  try {
    await once(socket, 'connect');
    if (login !== undefined) {
      socket.write(`AUTH ${login}\r\n`);
      await once(socket, 'data');
    }
    socket.write(`${command}\r\n`);
    const reply = await readReply(socket);
    if (reply.startsWith('-')) throw new Error(`${command}: ${reply.trim()}`);
    return reply;
  } finally {
    socket.destroy();
  }
}

/** A whole bulk reply, or whatever comes first. */
async function readReply(socket: ReturnType<typeof connect>): Promise<string> {
  let text = '';
  for await (const chunk of socket) {
    text += String(chunk);
    const [head = '', length] = /^\$(\d+)\r\n/.exec(text) ?? [];
    if (length === undefined ? text.endsWith('\r\n') : text.length >= head.length + Number(length))
      break;
  }
  return text;
}
