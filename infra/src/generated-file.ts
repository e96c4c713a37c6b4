/** A file that operators deploy and nobody edits: what it holds follows from the sources beside this one. */
export interface GeneratedFile {
  /** Below `infra`, with forward slashes. */
  readonly path: string;
  readonly text: string;
}
