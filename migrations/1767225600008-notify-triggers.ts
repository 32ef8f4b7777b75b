import { type MigrationInterface, type QueryRunner } from 'typeorm';
import {
  createNotifyFunctions,
  createNotifyTriggers,
  dropNotifyFunctions,
  dropNotifyTriggers,
  NOTIFYING_TABLES,
} from './sql/notify-triggers.js';

/**
 * Announces messages, dispatches and changes of entities with NOTIFY, from statement-level triggers.
 *
 * Why triggers: whoever writes, the announcement is in the same transaction, so nobody wakes before the commit or is
 * forgotten. Cost: one small function call per statement; no row is rewritten. Safe to roll back: yes, polling goes on.
 */
export class NotifyTriggers1767225600008 implements MigrationInterface {
  async up(q: QueryRunner): Promise<void> {
    for (const statement of createNotifyFunctions()) await q.query(statement);
    await q.query(
      `comment on function notify_batch(text, text[]) is 'sends JSON objects as few arrays below the limit of a notification'`,
    );
    for (const statement of NOTIFYING_TABLES.flatMap(createNotifyTriggers)) await q.query(statement);
  }

  async down(q: QueryRunner): Promise<void> {
    for (const statement of NOTIFYING_TABLES.flatMap(dropNotifyTriggers)) await q.query(statement);
    for (const statement of dropNotifyFunctions()) await q.query(statement);
  }
}
