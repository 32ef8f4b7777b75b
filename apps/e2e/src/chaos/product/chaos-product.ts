import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, type ServiceOptions } from '@attune/testing';
import { Installation } from '../../harness/installation.js';
import { SERVICE_NAMES, type ServiceName } from '../faults/fault.js';
import { type Broker } from './broker.js';
import { SupervisedService } from './supervised-service.js';

/** Short, so that what is dead is noticed within seconds; `freeze` is sometimes longer than the heartbeat may be late. */
const SETTINGS = {
  ATTUNE__EXECUTOR__MONITOR_INTERVAL: '1',
  ATTUNE__EXECUTOR__HEARTBEAT_TIMEOUT: '5',
  ATTUNE__EXECUTOR__PLACEMENT_RETRY: '1',
  ATTUNE__EXECUTOR__SCHEDULED_TIMEOUT: '180',
  ATTUNE__WORKER__HEARTBEAT_INTERVAL: '1',
  ATTUNE__WORKER__TASK_TIMEOUT: '60',
  ATTUNE__WORKER__SHUTDOWN_TIMEOUT: '4',
  ATTUNE__WORKER__MAX_CONCURRENT_TASKS: '8',
} as const;

/** A variable of every service and, passed on, of every action: its value tells the processes of this run from others. */
export const RUN_VARIABLE = 'ATTUNE_CHAOS_RUN';

/** Two of each service on a PostgreSQL that syncs, each started again when it dies. */
export class ChaosProduct {
  private constructor(
    readonly installation: Installation,
    readonly broker: Broker | null,
    readonly apiUrls: readonly [string, string],
    readonly services: ReadonlyMap<ServiceName, SupervisedService>,
    /** One file for each service, with all its lives. */
    readonly logFolder: string,
    /** Where actions write their ids. */
    readonly journal: string,
  ) {}

  static async start(logFolder: string, broker: Broker | null): Promise<ChaosProduct> {
    await mkdir(logFolder, { recursive: true });
    const installation = await Installation.prepare({ ...SETTINGS, ...broker?.environment }, { isDurable: true });
    const ports = [await freePort(), await freePort()] as const;
    const services = new Map(
      SERVICE_NAMES.map((name) => [name, supervise(installation, name, { logFolder, ports })] as const),
    );
    const [one, two] = ports;
    const urls = [`http://127.0.0.1:${one}`, `http://127.0.0.1:${two}`] as const;
    const journal = join(installation.folder, 'journal');
    await writeFile(journal, '');
    const product = new ChaosProduct(installation, broker, urls, services, logFolder, journal);
    try {
      for (const service of services.values()) service.start();
      await product.ready();
    } catch (error) {
      await product.close(); // nobody else can: the caller never gets it
      throw error;
    }
    return product;
  }

  async ready(): Promise<void> {
    await Promise.all([...this.services.values()].map((service) => service.ready()));
  }

  service(name: ServiceName): SupervisedService {
    const service = this.services.get(name);
    if (service === undefined) throw new Error(`no service ${name}`);
    return service;
  }

  /** SIGTERM for every service; gives the exit codes. */
  async endServices(): Promise<ReadonlyMap<ServiceName, number | null>> {
    return new Map(
      await Promise.all([...this.services].map(async ([name, service]) => [name, await service.end()] as const)),
    );
  }

  async close(): Promise<void> {
    await this.endServices();
    await this.installation.close();
    await this.broker?.close();
  }
}

function supervise(
  installation: Installation,
  name: ServiceName,
  { logFolder, ports }: { logFolder: string; ports: readonly [number, number] },
): SupervisedService {
  const [kind] = name.split('-') as [ServiceOptions['name']];
  const environment = {
    // Of workers and executors: where actions find the API.
    ATTUNE__SERVER__PORT: String(name === 'api-2' ? ports[1] : ports[0]),
    ATTUNE__WORKER__NAME: name,
    ATTUNE__WORKER__PASS_ENV: RUN_VARIABLE,
    [RUN_VARIABLE]: installation.folder,
  };
  return new SupervisedService(name, () =>
    installation.spawn(kind, { environment, logFile: join(logFolder, `${name}.log`) }),
  );
}
