import type { GeneratedFile } from '../generated-file.js';
import { yamlText } from '../yaml-text.js';

/** An object of Kubernetes that knows its schema. */
export interface Model {
  readonly kind: string;
  toJSON(): unknown;
  /** @throws Error that names the field, where the object is not as its schema wants it. */
  validate(): void;
}

const source = 'infra/src/kubernetes';

/** A file of objects, each checked against its schema. */
export function manifestFile(path: string, models: readonly Model[]): GeneratedFile {
  for (const model of models) model.validate();
  return { path, text: yamlText(source, ...models.map((model) => model.toJSON())) };
}

/** What kustomize is to take together. Paths are relative to `folder`; a folder is one with such a file too. */
export const kustomizationFile = (
  folder: string,
  fields: Readonly<Record<string, unknown>>,
): GeneratedFile => ({
  path: `${folder}/kustomization.yaml`,
  text: yamlText(source, {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    ...fields,
  }),
});
