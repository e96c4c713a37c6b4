import { readdirSync, readFileSync } from 'node:fs';

export interface MemorySlope {
  readonly startBytes: number;
  readonly endBytes: number;
  /** By a straight line through all that was measured; null where the process lived too short to say. */
  readonly bytesPerHour: number | null;
  readonly openFilesMax: number;
}

interface Sample {
  readonly atMs: number;
  readonly pid: number;
  readonly bytes: number;
  readonly openFiles: number;
}

/** After a start memory grows for other reasons than a leak. */
const warmUpMs = 60_000;
const shortestMs = 5 * 60_000;

export interface MemoryWatch {
  /** Ends it, and gives for each process its life that lasted longest. */
  stop(): Record<string, MemorySlope>;
}

/** Measures processes by what Linux tells of them, every ten seconds. */
export function watchMemory(
  processes: () => readonly { readonly name: string; readonly pid: number }[],
): MemoryWatch {
  const samples = new Map<string, Sample[]>();
  const look = (): void => {
    for (const { name, pid } of processes()) {
      const sample = readSample(pid);
      if (sample) samples.set(name, [...(samples.get(name) ?? []), sample]);
    }
  };
  look();
  const timer = setInterval(look, 10_000);
  return {
    stop() {
      clearInterval(timer);
      look();
      return Object.fromEntries(
        [...samples].map(([name, all]) => [name, slopeOf(longestLife(all))]),
      );
    },
  };
}

/** Undefined where the process has ended. */
function readSample(pid: number): Sample | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kilobytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
    const openFiles = readdirSync(`/proc/${pid}/fd`).length;
    return { atMs: performance.now(), pid, bytes: kilobytes * 1024, openFiles };
  } catch {
    return undefined;
  }
}

function longestLife(samples: readonly Sample[]): Sample[] {
  const lives = new Map<number, Sample[]>();
  for (const sample of samples) lives.set(sample.pid, [...(lives.get(sample.pid) ?? []), sample]);
  return [...lives.values()].toSorted((one, other) => other.length - one.length)[0] ?? [];
}

export function slopeOf(life: readonly Sample[]): MemorySlope {
  const [first] = life;
  const last = life.at(-1);
  const warm = life.filter(({ atMs }) => atMs >= (first?.atMs ?? 0) + warmUpMs);
  const lastedMs = (last?.atMs ?? 0) - (warm[0]?.atMs ?? Number.POSITIVE_INFINITY);
  return {
    startBytes: warm[0]?.bytes ?? first?.bytes ?? 0,
    endBytes: last?.bytes ?? 0,
    bytesPerHour: lastedMs >= shortestMs ? Math.round(bytesPerMs(warm) * 3_600_000) : null,
    openFilesMax: Math.max(0, ...life.map(({ openFiles }) => openFiles)),
  };
}

/** Least squares. */
function bytesPerMs(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const meanMs = mean(({ atMs }) => atMs);
  const meanBytes = mean(({ bytes }) => bytes);
  const along = mean(({ atMs, bytes }) => (atMs - meanMs) * (bytes - meanBytes));
  return along / mean(({ atMs }) => (atMs - meanMs) ** 2);
}
