/** What is promised, by number. The figures are those of a run with faults that put it to the test. */
export const promises = [
  {
    number: 1,
    name: 'Accepted is kept',
    says: 'After `201` a job reaches a final state, whatever processes are killed, Redis included, in any order and any number of times. With `appendfsync always`, which is shipped, that survives a loss of power.',
    figures: ['lost', 'zombies'],
  },
  {
    number: 2,
    name: 'One append',
    says: 'Each change of state is in the event stream exactly once, appended by the script that makes the change; each subscriber gets it at least once, with a stable id.',
    figures: ['duplicated', 'unexpected', 'unseen', 'disordered'],
  },
  {
    number: 3,
    name: 'Never early',
    says: 'No poll begins before the last Retry-After that was recorded has run out, by the clock of Redis. One claim of a job is valid at a time, and the result of a stale one changes nothing.',
    figures: ['early'],
  },
  {
    number: 4,
    name: 'On time',
    says: 'Of a hundred polls ninety-nine begin within a second of their time at rated load. After an outage the backlog drains at the pace of the providers.',
    figures: [],
  },
  {
    number: 5,
    name: 'Polite',
    says: 'A provider never has more requests in flight, or in a second, than is configured, over all workers. One that fails gets one probe at a time, however many jobs wait.',
    figures: ['overConcurrency'],
  },
  {
    number: 6,
    name: 'Sealed',
    says: 'A secret is in clear only inside the path of a request in one process. A token goes only to the origins that it is bound to.',
    figures: ['misdirectedTokens', 'secretsSeen'],
  },
  {
    number: 7,
    name: 'Contained',
    says: 'No status URL makes us reach an address inside. No answer, however malformed, large or slow, stops a worker or harms another job.',
    figures: [],
  },
  {
    number: 8,
    name: 'Boring to run',
    says: 'While Redis is away the api answers 503 within a second, and everything resumes by itself. A rolling deploy loses no poll and makes none early. Every job is found when it is overdue.',
    figures: ['lost', 'zombies'],
  },
  {
    number: 9,
    name: 'Tenants are isolated',
    says: 'No route, list, stream or metric tells of the job of another tenant.',
    figures: ['foreign', 'unlisted'],
  },
];
