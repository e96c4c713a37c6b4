export * from './events.js';
export * from './jobs.js';
export * from './manifest.js';
export * from './reasons.js';
export * from './scopes.js';
export * from './states.js';
export * from './tenants.js';
