import { resealText, type SealedStore } from './sealed-store.js';
import { listExecutionSecrets, replaceExecutionSecrets } from './sql/execution-secrets.sql.js';
import { listKeyValues, replaceKeyValues } from './sql/key-values.sql.js';
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
];
