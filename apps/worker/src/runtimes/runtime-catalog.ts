import {
  type Database,
  type Logger,
  listAllRuntimes,
  listRuntimeVersions,
  type RuntimeEntity,
  type RuntimeVersionEntity,
} from '@attune/common';
import { type AvailableRuntime, type RuntimeCandidate, isOffered } from './available-runtime.js';
import { parseExecutionConfig } from './execution-config.js';
import { type FoundRuntime, type Machine, probeRuntime } from './probe-runtime.js';
import { runtimesMark } from './runtimes-mark.sql.js';
import { parseVerification } from './verification.js';

/**
 * The runtimes of the database that this machine has. Refreshing is cheap while nothing changed, and a runtime is probed again only
 * when its own row changed.
 */
export class RuntimeCatalog {
  private runtimes: ReadonlyMap<number, AvailableRuntime> = new Map();
  private mark: string | null = null;
  private readonly probed = new Map<string, Promise<FoundRuntime | null>>();

  constructor(
    private readonly machine: Machine,
    private readonly logger: Logger,
    /** Names of the runtimes to offer; empty: all. */
    private readonly wanted: readonly string[],
  ) {}

  /** Reads the runtimes again if any changed; true = what is available may be different now. */
  async refresh(db: Database): Promise<boolean> {
    const mark = await runtimesMark(db);
    if (mark === this.mark) return false;
    const rows = (await listAllRuntimes(db)).filter((row) => isOffered(row, this.wanted));
    const ids = rows.map(({ id }) => id);
    const versions = Map.groupBy(await listRuntimeVersions(db, ids), ({ runtime }) => runtime);
    const found = await Promise.all(rows.map((row) => this.probe(row, versions.get(row.id) ?? [])));
    this.runtimes = new Map(found.filter((runtime) => runtime !== null).map((runtime) => [runtime.id, runtime]));
    this.mark = mark;
    return true;
  }

  find(id: number): AvailableRuntime | null {
    return this.runtimes.get(id) ?? null;
  }

  list(): AvailableRuntime[] {
    return [...this.runtimes.values()];
  }

  private async probe(row: RuntimeEntity, versions: readonly RuntimeVersionEntity[]): Promise<AvailableRuntime | null> {
    const { id, ref, name, aliases } = row;
    const found = await Promise.all([
      ...versions.map((version) => this.probeRow(ref, version, version.version, version.is_default)),
      this.probeRow(ref, row, null, false),
    ]);
    const [first, ...rest] = found.filter((candidate) => candidate !== null);
    return first ? { id, ref, name, aliases, candidates: [first, ...rest] } : null;
  }

  private async probeRow(
    ref: string,
    row: Pick<RuntimeEntity, 'distributions' | 'execution_config'>,
    label: string | null,
    isDefault: boolean,
  ): Promise<RuntimeCandidate | null> {
    const key = JSON.stringify([row.distributions, row.execution_config]);
    const probe = this.probed.get(key) ?? this.probeOnce(ref, row);
    this.probed.set(key, probe);
    const found = await probe;
    return found && { version: found.version ?? label, isDefault, execution: found.execution };
  }

  private async probeOnce(
    ref: string,
    row: Pick<RuntimeEntity, 'distributions' | 'execution_config'>,
  ): Promise<FoundRuntime | null> {
    try {
      const execution = parseExecutionConfig(row.execution_config);
      return await probeRuntime(parseVerification(row.distributions), execution, this.machine);
    } catch (error) {
      // A pack may hold anything; one bad runtime must not take the others away.
      this.logger.warn({ err: error, runtime: ref }, 'runtime cannot be used: its definition is not valid');
      return null;
    }
  }
}
