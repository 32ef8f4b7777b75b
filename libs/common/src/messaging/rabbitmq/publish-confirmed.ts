import { type ConfirmChannel, type Message as BrokerMessage } from 'amqplib';
import { messageOf } from '../../errors/domain-error.js';
import { type QueueName } from '../topics.js';
import { ATTEMPT_HEADER, CREATED_HEADER } from './delivery.js';
import { type OutboxMessage } from './sql/claim-outbox-messages.sql.js';
import { type Topology } from './topology.js';

/**
 * Publishes a batch and waits until the broker has said about each message whether it has it, the channel is closed, or the time
 * is up. Gives the ids of those that are safe: confirmed, and not returned for want of a queue.
 */
export async function publishConfirmed(
  channel: ConfirmChannel,
  topology: Topology,
  queue: QueueName,
  messages: readonly OutboxMessage[],
  timeoutMs: number,
): Promise<ReadonlySet<number>> {
  const confirmed = new Set<number>();
  const returned = new Set<string>();
  const answered = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => answered.resolve(undefined), timeoutMs);
  let open = messages.length;
  const onReturn = ({ properties }: BrokerMessage): void => void returned.add(String(properties.messageId));
  channel.on('return', onReturn); // comes before the confirm of the same message
  try {
    for (const message of messages) {
      send(channel, topology, queue, message, (error) => {
        if (error === null && !returned.has(String(message.id))) confirmed.add(message.id);
        open -= 1;
        if (open === 0) answered.resolve(undefined);
      });
    }
    await answered.promise;
  } finally {
    clearTimeout(timer);
    channel.off('return', onReturn);
  }
  return new Set(confirmed);
}

/** A channel that is closed already answers like one that is closed later. */
function send(
  channel: ConfirmChannel,
  topology: Topology,
  queue: QueueName,
  { id, topic, payload, attempt, created }: OutboxMessage,
  settled: (error: unknown) => void,
): void {
  try {
    channel.publish(
      topology.exchangeOf(topic),
      topology.routingKey(topic, queue),
      Buffer.from(payload),
      {
        messageId: String(id),
        type: topic,
        appId: 'attune',
        contentType: 'application/json',
        persistent: true,
        mandatory: true,
        headers: { [ATTEMPT_HEADER]: attempt, [CREATED_HEADER]: created },
      },
      settled,
    );
  } catch (error) {
    settled(new Error(messageOf(error), { cause: error }));
  }
}
