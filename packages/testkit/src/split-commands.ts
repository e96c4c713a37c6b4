/** One command of a client of Redis as it was sent, or a piece of something else. */
export interface SentCommand {
  /** Its words, separated by blanks. */
  readonly text: string;
  readonly bytes: Buffer;
}

/**
 * Takes what a client sends and gives the commands that are complete with it, so that something can be done between two
 * of them. What is no command (inline commands, other protocols) is given piece by piece as it comes.
 */
export function commandSplitter(): (chunk: Buffer) => readonly SentCommand[] {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const commands: SentCommand[] = [];
    while (rest.length > 0) {
      const command = firstCommand(rest);
      if (command === undefined) break;
      commands.push(command);
      rest = rest.subarray(command.bytes.length);
    }
    return commands;
  };
}

/** Undefined while the end of it has not come. */
function firstCommand(bytes: Buffer): SentCommand | undefined {
  if (bytes[0] !== 0x2a) return { text: bytes.toString('latin1'), bytes };
  const head = numberLine(bytes, 1);
  if (head === undefined) return undefined;
  let at = head.end;
  const words: string[] = [];
  for (let word = 0; word < head.value; word += 1) {
    const length = numberLine(bytes, at + 1);
    if (length === undefined) return undefined;
    const end = length.end + length.value;
    if (bytes.length < end + 2) return undefined;
    words.push(bytes.toString('latin1', length.end, end));
    at = end + 2;
  }
  return { text: words.join(' '), bytes: bytes.subarray(0, at) };
}

/** The number from there to the end of its line, and where the next line begins. */
function numberLine(bytes: Buffer, from: number): { value: number; end: number } | undefined {
  const cr = bytes.indexOf('\r\n', from);
  if (cr < 0) return undefined;
  return { value: Number(bytes.toString('latin1', from, cr)), end: cr + 2 };
}
