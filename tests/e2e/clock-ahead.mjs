// Preloaded into a worker (node --import) whose wall clock is to be wrong by CLOCK_AHEAD_MS.
const aheadMs = Number(process.env.CLOCK_AHEAD_MS);
const realNow = Date.now;

globalThis.Date = class extends Date {
  constructor(...parameters) {
    if (parameters.length === 0) super(realNow() + aheadMs);
    else super(...parameters);
  }

  static now() {
    return realNow() + aheadMs;
  }
};
