export { type ApiServer, createApiServer } from './api-server.js';
export { type Context, createContext } from './context.js';
export { createServer } from './server.js';
