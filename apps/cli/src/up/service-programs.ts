import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, StartupError } from '@attune/common';
import { type ServiceProgram } from './service-process.js';

/** In order of their start: the API brings the packs that the others build on. */
const GROUPS = [['api'], ['executor', 'worker']] as const;

/** How long (s) running actions may finish after Ctrl-C, unless the person configured another time. */
const DRAIN_SECONDS = 7;
const DEFAULT_DRAIN_SECONDS = 30;

/** How the services are run. Their settings come from our own environment and files, except what `up` decides. */
export function servicePrograms(
  config: Config,
  appsDir: string,
  database: Readonly<Record<string, string>>,
): ServiceProgram[][] {
  const environment = {
    ...process.env,
    ...database,
    ATTUNE__DATA_DIR: config.dataDir,
    ATTUNE__LOG__FORMAT: 'json',
    ATTUNE__WORKER__SHUTDOWN_TIMEOUT: String(drainSeconds(config)),
  };
  return GROUPS.map((group) =>
    group.map((name) => {
      const entry = join(appsDir, name, 'dist', 'main.js');
      if (!existsSync(entry))
        throw new StartupError(`${entry} is missing: build first (npm run build), or use npm start`);
      return { name, entry, environment };
    }),
  );
}

/** How long (ms) the services have together from SIGTERM to SIGKILL. */
export const stopDeadlineMs = (config: Config): number => (drainSeconds(config) + 1) * 1_000;

function drainSeconds({ worker }: Config): number {
  return worker.shutdownTimeoutSeconds === DEFAULT_DRAIN_SECONDS ? DRAIN_SECONDS : worker.shutdownTimeoutSeconds;
}
