import { StartupError } from '@attune/common';
import { PostgresError } from '@attune/postgres';
import { Command, CommanderError } from 'commander';
import { migrateCommand } from './db/migrate.command.js';
import { statusCommand } from './db/status.command.js';
import { rotateKeyCommand } from './secrets/rotate-key.command.js';
import { up } from './up/up.command.js';

export const VERSION = '0.1.0';

/** Exit codes: 0 done, 1 failed (one line on stderr says why), 2 wrong usage. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = new Command('attune')
    .description('Event-driven automation: events, rules, actions, and their history')
    .version(VERSION)
    .exitOverride();
  program
    .command('up')
    .description('run everything on this machine: database, API, executor and worker')
    .action(async () => {
      exitCode = await up({ version: VERSION });
    });
  const db = program.command('db').description('look after the database');
  db.command('migrate').description('bring the schema up to date').action(migrateCommand);
  db.command('status')
    .description('what the database is and how its time series fare')
    .option('--json', 'for programs')
    .action(statusCommand);
  const secrets = program.command('secrets').description('look after stored secrets');
  secrets
    .command('rotate-key')
    .description('encrypt everything that is encrypted with the current key')
    .option('--skip-unreadable', 'leave what no configured key opens as it is')
    .action(rotateKeyCommand);
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    return reportFailure(error);
  }
  return exitCode;
}

function reportFailure(error: unknown): number {
  // Commander has already printed its message; help and version are not failures.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof StartupError || error instanceof PostgresError) console.error(`attune: ${error.message}`);
  else console.error(error);
  return 1;
}
