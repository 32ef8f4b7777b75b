import { type QueueStatsEntity } from '@attune/common';
import { type QueueStatsResponse } from '@attune/contract';
import { iso, isoOrNull } from '../domain/wire.js';

export const showQueueStats = (stats: QueueStatsEntity): QueueStatsResponse => ({
  action_id: stats.action_id,
  action_ref: stats.action_ref,
  queue_length: stats.queue_length,
  active_count: stats.active_count,
  max_concurrent: stats.max_concurrent,
  oldest_enqueued_at: isoOrNull(stats.oldest_enqueued_at),
  total_enqueued: stats.total_enqueued,
  total_completed: stats.total_completed,
  last_updated: iso(stats.last_updated),
});
