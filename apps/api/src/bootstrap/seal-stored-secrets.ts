import { type Database, type SecretBox, sealValues } from '@attune/common';
import { type JsonObject, parseJson } from '@attune/engine';
import { sealRuleParameters } from '../rules/seal-rule-parameters.js';
import {
  listSealablePacks,
  listSealableRules,
  replacePackConfig,
  replaceRuleParameters,
  type Sealable,
} from './sql/sealable.sql.js';

/**
 * Seals secrets that stand in plain text: they came out of the files of a pack, or from before they were sealed at all. What is
 * sealed stays as it is.
 */
export async function sealStoredSecrets(db: Database, box: SecretBox): Promise<void> {
  const packs = await listSealablePacks(db);
  await replaceChanged(db, packs, (schema, values) => sealValues(box, schema, values), replacePackConfig);
  const rules = await listSealableRules(db);
  const seal = (schema: Sealable['schema'], values: JsonObject) => sealRuleParameters(box, schema, values);
  await replaceChanged(db, rules, seal, replaceRuleParameters);
}

async function replaceChanged(
  db: Database,
  rows: readonly Sealable[],
  seal: (schema: Sealable['schema'], values: JsonObject) => JsonObject,
  replace: (db: Database, row: Sealable, sealed: JsonObject) => Promise<void>,
): Promise<void> {
  for (const row of rows) {
    const values = parseJson(row.values) as JsonObject; // both columns hold objects only
    const sealed = seal(row.schema, values);
    if (sealed !== values) await replace(db, row, sealed);
  }
}
