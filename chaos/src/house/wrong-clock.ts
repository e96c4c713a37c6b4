/**
 * Preloaded into a process (`node --import <this>?file=FILE`): its wall clock is wrong by as many milliseconds as the file
 * says, which is looked at ten times a second.
 */
import { readFileSync } from 'node:fs';

const file = new URL(import.meta.url).searchParams.get('file') ?? '';
const RightDate = Date;
let shiftMs = 0;

setInterval(() => {
  shiftMs = Number(readFileSync(file, 'utf8')) || 0;
}, 100).unref();

globalThis.Date = class extends RightDate {
  constructor(...parts: [] | ConstructorParameters<DateConstructor>) {
    if (parts.length === 0) super(RightDate.now() + shiftMs);
    else super(...parts);
  }

  static override now(): number {
    return RightDate.now() + shiftMs;
  }
} as DateConstructor;
