/** What is not promised, or not shown by any run here. One sentence or two each. */
export const knownLimits = [
  'A poll may come early against a Retry-After that nobody lived to record: the worker died, or lost Redis, between the answer and the script that records it. Such polls are counted apart (`earlyUnrecorded`). What a claim writes ahead, the longest wait that is known of the job and of its provider, keeps them rare, but for the first poll of a provider there is none.',
  'A frozen process has its sockets open still. When it goes on after its budget, a request of its may be at the provider beside the one that replaced it.',
  'Asynchronous replicas may lose what was acknowledged when Redis fails over. Nobody is promised otherwise.',
  'The fault of a power cut is an append-only file that is cut short after `kill -9`. The cache of a real disk that lies about `fsync` was not at hand.',
  'Everything ran on one machine: no clocks of several hosts drift apart by themselves, and what a network does was done by proxies before Redis and by the provider itself.',
  'The simulation runs the decisions and the transitions of records, not BullMQ, sockets or Redis. That its transitions are those of the Lua scripts is tested on random commands, not proven.',
  'Runs with faults use waits of seconds where providers ask for minutes. The simulation uses real ones.',
  'That digests are compared in constant time is looked for in the code, since a test that measures it on a loaded machine would err.',
];
