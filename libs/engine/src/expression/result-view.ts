import { getOwn, isJsonObject, type Json, type JsonObject } from '../json.js';

/**
 * How an execution's result looks to expressions: its own fields, plus the keys of `data` (or of a JSON object on stdout, when there
 * is no data) copied up where they do not collide. `.result` gives the key of that name, else the view itself, so that
 * `task.x.result.y` and `task.x.y` are both right.
 */
export function resultView(result: Json): Json {
  if (!isJsonObject(result)) return result;
  const copied = copiedUp(result);
  const view: Record<string, Json> = { ...copied, ...result };
  if (!Object.hasOwn(view, 'result')) {
    // Hidden from keys(), comparison and JSON text: the view must not contain itself there.
    Object.defineProperty(view, 'result', { value: view, enumerable: false });
  }
  return view;
}

function copiedUp(result: JsonObject): JsonObject {
  const data = getOwn(result, 'data');
  if (data !== undefined && data !== null) return isJsonObject(data) ? data : {};
  const stdout = getOwn(result, 'stdout');
  if (typeof stdout !== 'string' || !stdout.trimStart().startsWith('{')) return {};
  try {
    const parsed = JSON.parse(stdout) as Json;
    return isJsonObject(parsed) ? parsed : {};
  } catch {
    // Text that only looks like JSON.
    return {};
  }
}
