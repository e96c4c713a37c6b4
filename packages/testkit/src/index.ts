export * from './eventually.js';
export * from './fault-proxy.js';
export * from './free-port.js';
export * from './hostile-urls.js';
export * from './manual-clock.js';
export * from './start-process.js';
export * from './start-redis.js';
