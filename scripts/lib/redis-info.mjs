import { connect } from 'node:net';

const answerTimeoutMs = 1_000;

/**
 * Asks a Redis about itself over a raw socket, which works before anything is installed.
 * @param {import('node:net').NetConnectOpts} address port and host, or path of a Unix socket
 * @returns {Promise<Record<string, string> | undefined>} the fields of INFO; undefined when no Redis answers.
 */
export function redisInfo(address) {
  return new Promise((resolve) => {
    const socket = connect(address);
    const finish = (info) => {
      socket.destroy();
      resolve(info);
    };
    let received = '';
    socket.setTimeout(answerTimeoutMs, () => finish(undefined));
    socket.once('error', () => finish(undefined));
    socket.once('close', () => finish(undefined));
    socket.once('connect', () => socket.write('INFO\r\n'));
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      const reply = bulkString(received);
      if (reply !== undefined) finish(readFields(reply));
      else if (received.startsWith('-')) finish(undefined);
    });
  });
}

/** The text of a RESP bulk string (`$length`, CRLF, text); undefined until all of it is there. */
function bulkString(received) {
  const header = /^\$(\d+)\r\n/.exec(received);
  if (!header) return undefined;
  const text = received.slice(header[0].length, header[0].length + Number(header[1]));
  return text.length === Number(header[1]) ? text : undefined;
}

function readFields(text) {
  const fields = text.matchAll(/^(\w+):(.*?)\r?$/gm);
  return Object.fromEntries([...fields].map(([, name, value]) => [name, value]));
}
