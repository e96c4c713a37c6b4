/** Where an error came from, frame by frame, without the head of the stack, which repeats the message. */
export function stackFrames({ message, stack = '' }: Error): string[] {
  const head = stack.indexOf(message);
  const rest = head === -1 ? stack : stack.slice(head + message.length);
  return rest
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim());
}
