export * from './redis/commands.js';
export * from './redis/key-space.js';
export * from './redis/plain-commands.js';
export * from './redis/simulated-redis.js';
export type { ScriptArgument, Transition } from './transitions/transition.js';
export * from './transitions/transitions.js';
export * from './world/world.js';
