import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkActionProcesses, checkDatabase, checkEnd, countExecutions } from '../checks/check-everything.js';
import { type Finding } from '../checks/finding.js';
import { INVARIANTS } from '../checks/invariants/invariants.js';
import { SlotWatch } from '../checks/slot-watch.js';
import { waitUntilDrained } from '../checks/wait-until-drained.js';
import { injectFaults } from '../faults/inject-faults.js';
import { makePlan, type Plan } from '../plan.js';
import { type Broker, brokerAt, privateBroker, type Transport } from '../product/broker.js';
import { ChaosProduct } from '../product/chaos-product.js';
import { installChaosPack } from '../product/install-chaos-pack.js';
import { type ChaosReport } from '../report/chaos-report.js';
import { countBy } from '../report/count-by.js';
import { keepEvidence } from '../report/keep-evidence.js';
import { type Offer } from './offer.js';
import { offerWork } from './offer-work.js';
import { RetryingClient } from './retrying-client.js';

export interface ChaosOptions {
  readonly seed: number;
  readonly minutes: number;
  readonly transport: Transport;
  /** Of the broker, with the transport `rabbitmq`; null: one of our own, which is killed like the services. */
  readonly brokerUrl: string | null;
  readonly withPolicies: boolean;
  /** Keep the logs of a run without a violation, too. */
  readonly keepLogs: boolean;
  /** Told what happens now. */
  readonly say: (text: string) => void;
}

/** One run: start, offer and break, let it come to rest, check. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, minutes, transport, withPolicies, say } = options;
  const startedAt = new Date();
  const broker = await brokerOf(options);
  const withBroker = broker?.crash != null;
  const plan = makePlan({ seed, durationMs: minutes * 60_000, withPolicies, withBroker });
  const folder = await mkdtemp(join(tmpdir(), `attune-chaos-seed-${seed}-`));
  say(`seed ${seed}: starting two of each service`);
  const product = await ChaosProduct.start(folder, broker);
  try {
    await broker?.settle();
    const outcome = await workAndBreak(product, plan, options);
    const isKept = options.keepLogs || outcome.findings.length > 0;
    if (isKept) await keepEvidence(product, outcome);
    else await rm(folder, { recursive: true });
    return {
      seed,
      minutes,
      transport,
      withPolicies,
      startedAt: startedAt.toISOString(),
      tookSeconds: Math.round((Date.now() - startedAt.getTime()) / 1_000),
      offered: countBy(plan.work, ({ kind }) => kind),
      answers: countBy(outcome.offers, ({ answer }) => answer.outcome),
      cancellations: countBy(
        outcome.offers.filter(({ cancellation }) => cancellation !== null),
        ({ cancellation }) => cancellation?.outcome ?? '',
      ),
      faults: countBy(plan.faults, (fault) => ('service' in fault ? `${fault.kind} ${fault.service}` : fault.kind)),
      failedStarts: [...product.services.values()].reduce((sum, { failedStarts }) => sum + failedStarts, 0),
      executions: outcome.executions,
      invariants: INVARIANTS.map(({ name }) => name),
      violations: outcome.findings,
      folder: isKept ? folder : null,
    };
  } finally {
    await product.close();
  }
}

async function brokerOf({ transport, brokerUrl }: ChaosOptions): Promise<Broker | null> {
  if (transport === 'postgres') return null;
  return brokerUrl === null ? privateBroker() : brokerAt(brokerUrl);
}

interface Outcome {
  /** When the first work was offered, by the clock of the database. */
  readonly began: string;
  readonly offers: readonly Offer[];
  readonly executions: Record<string, number>;
  readonly findings: readonly Finding[];
}

async function workAndBreak(product: ChaosProduct, plan: Plan, options: ChaosOptions): Promise<Outcome> {
  const { say, withPolicies } = options;
  const pack = await installChaosPack(product, { withPolicies });
  const [now] = await product.installation.rows<{ began: string }>('select now()::text as began');
  const began = now?.began ?? '';
  const slots = new SlotWatch(product, began);
  if (withPolicies) slots.start();
  say(`offering ${plan.work.length} pieces of work, injecting ${plan.faults.length} faults`);
  const client = new RetryingClient(product.apiUrls, pack.token);
  const [offers] = await Promise.all([offerWork(plan.work, client, pack), injectFaults(plan.faults, product)]);
  say('the last fault is over; waiting until everything is back and has come to rest');
  await product.ready();
  const isDrained = await waitUntilDrained(product, began);
  await slots.stop();
  say(isDrained ? 'at rest; checking' : 'NOT at rest; checking all the same');
  const findings: Finding[] = [...refusals(offers), ...slots.findings];
  const db = await product.installation.connect();
  findings.push(...(await checkDatabase(db, { began, offers, journal: product.journal })));
  const executions = await countExecutions(db, began);
  await db.end();
  findings.push(...(await checkActionProcesses(product)), ...(await checkEnd(product)));
  return { began, offers, executions, findings };
}

/** Answers that say the caller did something wrong, although it did not. */
function refusals(offers: readonly Offer[]): Finding[] {
  const answers = offers.flatMap(({ item, answer, cancellation }) => [
    { what: item.kind, marker: item.marker, answer },
    ...(cancellation === null ? [] : [{ what: `cancelling ${item.kind}`, marker: item.marker, answer: cancellation }]),
  ]);
  return answers.flatMap(({ what, marker, answer }) =>
    answer.outcome === 'refused'
      ? [{ invariant: 'nothing right is refused', text: `${what} ${marker}: ${answer.reason}`, ids: [] }]
      : [],
  );
}
