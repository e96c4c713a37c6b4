const barWidth = 24;

/**
 * Shows how jobs get on: on a terminal one bar per job, redrawn in place; elsewhere, or with NO_COLOR set,
 * one line per change.
 * @param {{ stream?: NodeJS.WriteStream, env?: NodeJS.ProcessEnv }} [options]
 * @returns {(jobs: object[]) => void} shows the jobs as the API gave them.
 */
export function createProgressBoard({ stream = process.stdout, env = process.env } = {}) {
  return stream.isTTY && !env.NO_COLOR ? drawBars(stream) : writeChanges(stream);
}

function drawBars(stream) {
  let drawn = 0;
  return (jobs) => {
    if (drawn > 0) stream.moveCursor(0, -drawn);
    for (const job of jobs) {
      stream.clearLine(0);
      // A line that wraps would be two to go up.
      stream.write(`${barOf(job).slice(0, stream.columns - 1)}\n`);
    }
    drawn = jobs.length;
  };
}

function writeChanges(stream) {
  const last = new Map();
  return (jobs) => {
    for (const job of jobs) {
      const line = barOf(job);
      if (last.get(job.id) !== line) stream.write(`${line}\n`);
      last.set(job.id, line);
    }
  };
}

function barOf({ labels, state, progressPercent, pollCount, reason }) {
  const percent = state === 'completed' ? 100 : (progressPercent ?? 0);
  const done = Math.round((barWidth * percent) / 100);
  const bar = '█'.repeat(done) + '░'.repeat(barWidth - done);
  const polls = `${pollCount} ${pollCount === 1 ? 'poll' : 'polls'}`;
  const words = [state, polls, ...(reason ? [reason] : [])].join(', ');
  return `  ${labels.group.padEnd(14)} ${bar} ${`${percent}`.padStart(3)} %  ${words}`;
}
