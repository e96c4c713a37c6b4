/**
 * Preloaded (`node --import`) into every node process that a verb starts: when the starter dies without
 * having said goodbye, its end of the channel closes and the child asks itself to stop. The channel does
 * not keep the child alive, nor does anything travel on it.
 */
if (process.channel) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}
