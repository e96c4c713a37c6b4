/** An end that was foreseen: its message is all that the reader needs, so no stack is shown. */
export class Halt extends Error {
  name = 'Halt';
}
