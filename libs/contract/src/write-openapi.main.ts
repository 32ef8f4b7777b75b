import { readFileSync, writeFileSync } from 'node:fs';
import { createOpenApiDocument } from './index.js';

/** Writes `openapi.json` beside the sources: run after every change of a model or an operation. */
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const document = createOpenApiDocument(manifest.version);
writeFileSync(new URL('../openapi.json', import.meta.url), `${JSON.stringify(document, null, 2)}\n`);
