import type { GeneratedFile } from '../generated-file.js';

/** The rules that Prometheus evaluates. */
export const ruleFiles = (): readonly GeneratedFile[] => [];
