// Loaded before a service: watches for how long its event loop is held up, and says so on SIGWINCH.
// A machine that is busy with other processes holds a loop up as well, which says nothing about the service. So what is
// counted is the processor time that the main thread spends between two turns of a timer, where Linux tells it.
import { readFileSync } from 'node:fs';

const everyMs = 5;
const schedule = `/proc/self/task/${process.pid}/schedstat`;

/** Processor time of the main thread in ms; wall time where nobody tells. */
function spentMs() {
  try {
    return Number(readFileSync(schedule, 'utf8').split(' ', 1)[0]) / 1e6;
  } catch {
    return performance.now();
  }
}

let turns = 0;
let longestMs = 0;
let beyond = [];
let beforeMs = spentMs();

const turn = () => {
  const nowMs = spentMs();
  const heldMs = nowMs - beforeMs;
  beforeMs = nowMs;
  turns += 1;
  longestMs = Math.max(longestMs, heldMs);
  if (heldMs > 20) beyond.push(Math.round(heldMs));
};
setInterval(turn, everyMs).unref();

process.on('SIGWINCH', () => {
  turn();
  const told = {
    turns,
    longestMs: Math.round(longestMs),
    beyond: beyond.toSorted((a, b) => b - a).slice(0, 20),
  };
  process.stdout.write(`${JSON.stringify({ loopWatch: told })}\n`);
  turns = 0;
  longestMs = 0;
  beyond = [];
});
