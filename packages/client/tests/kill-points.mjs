// Kills this process (SIGKILL) at a named point of a subscriber's loop: `before:XACK`, `sent:XACK` (on its way, the reply
// not awaited), `after:XACK`, by the commands that it sends, and `before:effect`, `after:effect` of its handler.

const die = () => process.kill(process.pid, 'SIGKILL');

/** A function that is told where the process is, and one that watches a connection. */
export function killPoints(point) {
  const reach = (where) => {
    if (where === point) die();
  };

  const watch = (connection) => ({
    async call(command, ...args) {
      reach(`before:${command}`);
      const reply = connection.call(command, ...args);
      setImmediate(reach, `sent:${command}`);
      const given = await reply;
      // An answer that gave nothing is not the point: the next one may.
      if (given !== null) reach(`after:${command}`);
      return given;
    },
    duplicate: (options) => watch(connection.duplicate(options)),
    disconnect: () => connection.disconnect(),
    on: (event, listener) => connection.on(event, listener),
  });

  return { reach, watch };
}
