import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { replaceNotifyFunctions } from './sql/notify-triggers.js';
import { historyFunctionByText } from './time-series/history-function.js';
import { historyFunction, RECORDED_EXECUTION, RECORDED_WORKER } from './time-series/history-triggers.js';

/**
 * Trigger functions that cost the engine less, and a history that tells of an execution placed in the moment of its
 * creation as of any other: created as `requested`, then moved to `scheduled`.
 *
 * Cost: none, functions are replaced, no row is touched. Safe to roll back: yes.
 */
export class EngineThroughput1767225600013 implements MigrationInterface {
  async up(q: QueryRunner): Promise<void> {
    await q.query(historyFunctionByText(RECORDED_EXECUTION, 'requested'));
    await q.query(historyFunctionByText(RECORDED_WORKER, null));
    for (const statement of replaceNotifyFunctions(true)) await q.query(statement);
  }

  async down(q: QueryRunner): Promise<void> {
    for (const statement of replaceNotifyFunctions(false)) await q.query(statement);
    for (const table of [RECORDED_EXECUTION, RECORDED_WORKER]) {
      await q.query(historyFunction(table).replace('create function', 'create or replace function'));
    }
  }
}
