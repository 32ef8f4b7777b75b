import { type JsonObject, parseJson, withRawNumbers } from '@attune/engine';
import { sql } from '../../database/sql.js';
import { type SecretBox } from '../secret-box.js';
import { resealValues } from '../sealed-values.js';
import { resealText, type SealedStore } from './sealed-store.js';
import { listExecutionSecrets, replaceExecutionSecrets } from './sql/execution-secrets.sql.js';
import { listIndexHeaders, replaceIndexHeaders } from './sql/index-headers.sql.js';
import { listKeyValues, replaceKeyValues } from './sql/key-values.sql.js';
import { type DocumentColumn, listDocuments, replaceDocuments } from './sql/sealed-documents.sql.js';
import { listWebhookSecrets, replaceWebhookSecrets } from './sql/webhook-secrets.sql.js';

/** Everything in the database that is sealed with the encryption key. */
export const SEALED_STORES: readonly SealedStore[] = [
  { table: 'key', list: listKeyValues, reseal: resealText, replace: replaceKeyValues },
  {
    table: 'execution_secret_value',
    list: listExecutionSecrets,
    reseal: resealText,
    replace: replaceExecutionSecrets,
  },
  { table: 'trigger', list: listWebhookSecrets, reseal: resealText, replace: replaceWebhookSecrets },
  documentStore('pack', { table: sql`pack`, column: sql`config` }),
  { table: 'pack_registry_index', list: listIndexHeaders, reseal: resealHeaders, replace: replaceIndexHeaders },
  documentStore('rule', { table: sql`rule`, column: sql`action_params` }),
];

function documentStore(table: string, column: DocumentColumn): SealedStore {
  return {
    table,
    list: (db, _, afterId, limit) => listDocuments(db, column, afterId, limit),
    reseal: resealDocument,
    replace: (db, _, rows) => replaceDocuments(db, column, rows),
  };
}

function resealDocument(box: SecretBox, stored: string): string | null {
  const values = resealValues(box, parseJson(stored) as JsonObject); // the column's default and every write are objects
  return values === null ? null : JSON.stringify(withRawNumbers(values));
}

/** Each value of the map is a sealed text. */
function resealHeaders(box: SecretBox, stored: string): string | null {
  const headers = Object.entries(JSON.parse(stored) as Record<string, string>);
  const resealed = headers.map(([name, sealed]) => [name, box.reseal(sealed)] as const);
  if (resealed.every(([, renewed]) => renewed === null)) return null;
  return JSON.stringify(Object.fromEntries(resealed.map(([name, renewed], at) => [name, renewed ?? headers[at]?.[1]])));
}
