import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { createExecutionAudit, dropExecutionAudit } from './sql/execution-audit.js';

/**
 * Executions in the audit log: what failed, timed out or was abandoned always, every move where a session asks for it.
 *
 * Cost: creating the triggers takes a short lock on `execution`. Safe to roll back: yes; what was told stays.
 */
export class ExecutionAudit1767225600019 implements MigrationInterface {
  async up(q: QueryRunner): Promise<void> {
    for (const statement of createExecutionAudit()) await q.query(statement);
  }

  async down(q: QueryRunner): Promise<void> {
    for (const statement of dropExecutionAudit()) await q.query(statement);
  }
}
