import { type Message } from '@attune/common';
import { isTimeId } from '@attune/engine';

/**
 * The ids that a batch of messages carries under `key`, each once, oldest first.
 *
 * @throws Error for a message without one: it is then tried alone and ends among the dead letters
 */
export function idsOf(messages: readonly Message[], key: 'event_id' | 'execution_id'): readonly number[] {
  const ids = messages.map(({ id, payload }) => {
    const value: unknown =
      typeof payload === 'object' && payload !== null && key in payload ? Reflect.get(payload, key) : null;
    if (typeof value !== 'number' || !isTimeId(value)) throw new Error(`message ${id} carries no ${key}`);
    return value;
  });
  return [...new Set(ids)].sort((a, b) => a - b);
}
