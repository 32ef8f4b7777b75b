import { writeFileSync } from 'node:fs';
import { type DatabaseKind, VARIABLE, setupVariable } from './database-kind.js';

/**
 * The kinds of PostgreSQL this machine offers, `plain` always among them. For `describe.each(testKinds())`. A run in which a spec asked
 * and TimescaleDB is missing says so in one line at its end.
 */
export function testKinds(): DatabaseKind[] {
  const kinds = setupVariable(VARIABLE.kinds).split(',') as DatabaseKind[];
  writeFileSync(setupVariable(VARIABLE.asked), '');
  return kinds;
}
