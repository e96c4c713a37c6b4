/** A block of a stream of Server-Sent Events. Without data it only tells the id, and is no event to anybody. */
export interface Message {
  readonly event: string;
  readonly data: string | undefined;
  /** Undefined where the block has none: the one before is still the last. */
  readonly id: string | undefined;
}

/**
 * Reads Server-Sent Events (WHATWG HTML, section 9.2.6), no further than messages are taken. A message that is cut off in the
 * end is dropped. Lines end as that specification allows for, but for a bare CR, which no server sends.
 */
export async function* readMessages(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Message, void, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split(/\r?\n\r?\n/);
    rest = blocks.pop() ?? '';
    for (const block of blocks) yield readBlock(block);
  }
}

function readBlock(block: string): Message {
  let event = 'message';
  let id: string | undefined;
  const data: string[] = [];
  for (const line of block.split(/\r?\n/)) {
    const [, field, value = ''] = /^([^:]+)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'event') event = value;
    if (field === 'id') id = value;
    if (field === 'data') data.push(value);
  }
  return { event, id, data: data.length > 0 ? data.join('\n') : undefined };
}
