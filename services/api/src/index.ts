export { type ApiServer, createApiServer } from './api-server.js';
export { asyncApiDocument } from './async-api/async-api-document.js';
export { type Context, createContext } from './context.js';
export { jsonSchemas } from './json-schemas.js';
export { openApiDocument } from './open-api/open-api-document.js';
export { routeTable } from './route-table.js';
export { createServer } from './server.js';
