import { code } from '../markdown.mjs';

/** @param {number} value */
export const number = (value) => value.toLocaleString('en-US');

/** @param {number} ms */
export function duration(ms) {
  if (ms < 1_000) return `${number(Math.round(ms))} ms`;
  if (ms < 120_000) return `${number(Math.round(ms / 100) / 10)} s`;
  return `${number(Math.round(ms / 60_000))} min`;
}

/** @param {number} bytes */
export const megabytes = (bytes) => `${number(Math.round(bytes / 1e5) / 10)} MB`;

/**
 * Where, when and on what a run ran, and how to run it again.
 * @param {import('./results.mjs').Result} result
 */
export function provenance({ commandLine, commit, ranAt, seconds, machine }) {
  const { cores, memoryBytes, node, redis } = machine;
  return (
    `${code(commandLine)} at commit ${code(commit)}, ${ranAt.slice(0, 16).replace('T', ' ')} UTC, in ${duration(seconds * 1000)} ` +
    `on ${cores} cores and ${number(Math.round(memoryBytes / 1e9))} GB with Node ${node} and Redis ${redis}.`
  );
}

/** What stands where nothing was run. @param {string} commandLine */
export const notRunYet = (commandLine) => `Not run yet: ${code(commandLine)}.`;
