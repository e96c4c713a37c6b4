import { exitCodes } from './exit-codes.js';
import { runCli } from './run-cli.js';

const { stdin, stdout, stderr, env } = process;

// Whoever reads the output may go away, as `head` does: nobody is there to hear more.
for (const stream of [stdout, stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(exitCodes['pipe-closed'].code);
  });

process.exitCode = await runCli(process.argv.slice(2), {
  env,
  calledAs: env['CALLED_AS'],
  out: (text) => void stdout.write(`${text}\n`),
  say: (text) => void stderr.write(`${text}\n`),
  screen: () =>
    stdout.isTTY && env['TERM'] !== 'dumb'
      ? // Some terminals do not tell how large they are, and are 0 by 0.
        { columns: stdout.columns || 80, rows: stdout.rows || 24 }
      : undefined,
  stdin,
  untilStopped: () =>
    new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    }),
});
