import { type Database, type BegunExecution } from '@attune/common';
import { isJsonArray, isJsonObject, type Json, type JsonObject, parseJson } from '@attune/engine';
import { listParameterTexts } from './sql/list-parameter-texts.sql.js';

/**
 * Makes the whole numbers in the parameters of executions exact, and gives the executions. The driver reads JSON into doubles, which round beyond
 * 2^53: what holds such a number is read again, as text. Hardly any does.
 */
export async function withExactParameters(
  db: Database,
  executions: readonly BegunExecution[],
): Promise<readonly BegunExecution[]> {
  const rounded = executions.filter(({ config }) => holdsRoundedNumber(config)).map(({ id }) => id);
  const texts = await listParameterTexts(db, rounded);
  return executions.map((execution) => {
    const text = texts.get(execution.id);
    return text === undefined ? execution : Object.assign(execution, { config: parseJson(text) as JsonObject });
  });
}

function holdsRoundedNumber(value: Json): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value);
  if (isJsonArray(value)) return value.some(holdsRoundedNumber);
  return isJsonObject(value) && Object.values(value).some(holdsRoundedNumber);
}
