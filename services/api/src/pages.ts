import type { Express, RequestHandler } from 'express';
import helmet from 'helmet';
import swaggerUiFolder from 'swagger-ui-dist/absolute-path.js';
import { asyncApiDocument } from './async-api/async-api-document.js';
import { methodNotAllowed } from './method-not-allowed.js';
import { openApiDocument } from './open-api/open-api-document.js';
import { routeTable } from './route-table.js';

/** Everything that the page needs comes from here, by paths relative to its own, whatever stands before them. */
const docsPage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Bulkwatch API</title>
    <link rel="stylesheet" href="docs/swagger-ui.css">
    <script src="docs/swagger-ui-bundle.js" defer></script>
    <script src="docs/start.js" defer></script>
  </head>
  <body><div id="docs"></div></body>
</html>
`;

/** Without a validator, which would send the document to a server of others. */
const startScript =
  "SwaggerUIBundle({ url: 'openapi.json', dom_id: '#docs', deepLinking: true, validatorUrl: null });\n";

/** The page runs the scripts that are served beside it, and talks to nobody else. */
const docsPolicy = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
});

/** Adds what everybody may read: the OpenAPI document, a page that shows it, and the AsyncAPI document of the events. */
export function addPages(app: Express): void {
  const openApi = JSON.stringify(openApiDocument(routeTable));
  const pages: Readonly<Record<string, RequestHandler[]>> = {
    '/openapi.json': [sendText('application/json', openApi)],
    '/asyncapi.json': [sendText('application/json', JSON.stringify(asyncApiDocument()))],
    '/docs': [docsPolicy, sendText('text/html', docsPage)],
    '/docs/start.js': [sendText('text/javascript', startScript)],
    '/docs/swagger-ui.css': [sendOfSwaggerUi('swagger-ui.css')],
    '/docs/swagger-ui-bundle.js': [sendOfSwaggerUi('swagger-ui-bundle.js')],
  };
  for (const [path, handlers] of Object.entries(pages))
    app
      .route(path)
      .get(takeWhole, ...handlers)
      .all(methodNotAllowed(['get']));
}

/** Where a body came that nobody wants and is not read, the end of a large answer would be cut off with the connection. */
const takeWhole: RequestHandler = (request, _response, next) => {
  request.resume().once('end', next);
};

function sendText(type: string, text: string): RequestHandler {
  return (_request, response) => {
    response.type(type).send(text);
  };
}

function sendOfSwaggerUi(file: string): RequestHandler {
  const options = { root: swaggerUiFolder(), acceptRanges: false, cacheControl: false };
  return (_request, response) => response.sendFile(file, options);
}
