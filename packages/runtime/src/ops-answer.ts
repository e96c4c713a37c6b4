/** What the ops port answers. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** Methods that the path knows, where it was another one. */
  readonly allow?: string;
}

export const jsonAnswer = (status: number, body: object): Answer => ({
  status,
  contentType: 'application/json',
  body: `${JSON.stringify(body)}\n`,
});
