import type { GeneratedFile } from '../generated-file.js';

/** The manifests of the base that overlays build on. */
export const kubernetesFiles = (): readonly GeneratedFile[] => [];
