import { type Logger, type SecretBox } from '@attune/common';
import {
  holdsRedactedSecret,
  isJsonObject,
  type Json,
  type JsonObject,
  prepareParameters,
  restoreSecrets,
} from '@attune/engine';
import { StartError } from '../process/start-error.js';
import { type ClaimedExecution } from './claimed-execution.js';

/**
 * What the action is given: keys by their name, over them the parameters of the execution with secrets in plain text, the
 * schema's defaults for what is still missing, all converted to their declared types. Nothing of it is stored.
 *
 * @throws StartError when a secret parameter cannot be read
 */
export function actionParameters(
  { execution, action, secrets }: ClaimedExecution,
  box: SecretBox,
  logger: Logger,
): JsonObject {
  const given = openParameters(execution.config ?? {}, secrets, box);
  const injected: Record<string, Json> = {};
  for (const { name, encrypted, value } of action?.keys ?? []) {
    const plain = encrypted ? openKey(name, value, box, logger) : value;
    if (plain !== undefined) injected[name] = plain;
  }
  const explicit = Object.entries(given).filter(([name, value]) => value !== null || !Object.hasOwn(injected, name));
  return prepareParameters(action?.param_schema ?? {}, Object.fromEntries([...Object.entries(injected), ...explicit]));
}

function openParameters(config: JsonObject, secrets: ClaimedExecution['secrets'], box: SecretBox): JsonObject {
  let opened: { pointer: string; value: Json }[];
  try {
    opened = secrets.map(({ pointer, encrypted }) => ({ pointer, value: box.open(encrypted) as Json }));
  } catch {
    throw new StartError('A secret parameter cannot be read: it was encrypted with another key');
  }
  const restored = restoreSecrets(config, opened);
  if (!isJsonObject(restored)) throw new StartError('The parameters are not an object');
  if (holdsRedactedSecret(restored))
    throw new StartError('A secret parameter cannot be read: its stored value is gone');
  return restored;
}

/** A key that cannot be opened is left out: it may have nothing to do with this action. */
function openKey(name: string, value: Json, box: SecretBox, logger: Logger): Json | undefined {
  try {
    if (typeof value !== 'string') throw new TypeError('an encrypted key holds text');
    return box.open(value) as Json;
  } catch (error) {
    logger.warn({ err: error, key: name }, 'key cannot be decrypted; actions do not get it');
    return undefined;
  }
}
