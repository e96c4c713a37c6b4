/** One line of a body, numbered from 1. */
export type Line =
  | { readonly kind: 'line'; readonly number: number; readonly bytes: Buffer }
  | { readonly kind: 'too-long'; readonly number: number }
  /** The first line that is beyond a limit of the whole body, and the last that is told of. */
  | { readonly kind: 'beyond'; readonly number: number; readonly limit: 'bytes' | 'lines' };

export interface LineLimits {
  readonly lineMaxBytes: number;
  readonly maxBytes: number;
  readonly maxLines: number;
}

const newline = 0x0a;

/**
 * Cuts a stream of bytes into lines while it comes in. Of a line longer than allowed only the number is kept, so
 * that memory stays bounded whatever is sent. A last line needs no newline.
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  limits: LineLimits,
): AsyncGenerator<Line, void, void> {
  const line = new LineInProgress(limits.lineMaxBytes);
  let number = 1;
  let left = limits.maxBytes;

  for await (const chunk of chunks) {
    const within = chunk.subarray(0, left);
    let start = 0;
    for (let end = within.indexOf(newline); end >= 0; end = within.indexOf(newline, start)) {
      if (number > limits.maxLines) return yield { kind: 'beyond', number, limit: 'lines' };
      line.add(within.subarray(start, end));
      yield line.finish(number);
      number += 1;
      start = end + 1;
    }
    line.add(within.subarray(start));
    left -= chunk.length;
    if (left < 0) return yield { kind: 'beyond', number, limit: 'bytes' };
  }
  if (line.isEmpty) return;
  yield number > limits.maxLines ? { kind: 'beyond', number, limit: 'lines' } : line.finish(number);
}

/** Holds the bytes of a line whose end has not come yet, up to a limit. */
class LineInProgress {
  readonly #maxBytes: number;
  #parts: Uint8Array[] = [];
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  add(part: Uint8Array): void {
    this.#length += part.length;
    if (this.#length > this.#maxBytes) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }

  finish(number: number): Line {
    const line: Line =
      this.#length > this.#maxBytes
        ? { kind: 'too-long', number }
        : { kind: 'line', number, bytes: Buffer.concat(this.#parts) };
    this.#parts = [];
    this.#length = 0;
    return line;
  }
}
