import { setTimeout as delay } from 'node:timers/promises';
import { encodeRequest, type HttpAnswer, KeepAliveConnection } from './keep-alive-connection.js';
import { type LoadCommand, type LoadOutcome, type LoadReply } from './load-command.js';

// The load generator: a process of its own, so that what it costs is not mixed with anything else.

process.on('message', (command: LoadCommand) => {
  void generate(command).then(
    (outcome) => reply({ type: 'done', outcome }),
    (error: unknown) => reply({ type: 'failed', message: String(error) }),
  );
});

const reply = (message: LoadReply): void => void process.send?.(message);

async function generate(command: LoadCommand): Promise<LoadOutcome> {
  const cpuBefore = process.cpuUsage();
  const clock = wallClock();
  const opening = Array.from({ length: command.connections }, () => KeepAliveConnection.open(command.request.port));
  const connections = await Promise.all(opening);
  const firstSentAt = clock();
  try {
    const { perSecond } = command;
    const latencies = perSecond === null ? await sendAsAnswered(connections, command) : [];
    const sent = perSecond === null ? [] : await sendAtRate(connections, { ...command, perSecond }, clock);
    const { user, system } = process.cpuUsage(cpuBefore);
    return { firstSentAt, lastAnsweredAt: clock(), cpu: user + system, latencies, sent };
  } finally {
    for (const connection of connections) connection.close();
  }
}

async function sendAsAnswered(connections: KeepAliveConnection[], { request, count }: LoadCommand): Promise<number[]> {
  const bytes = encodeRequest(request);
  const latencies: number[] = [];
  let next = 0;
  await Promise.all(
    connections.map(async (connection) => {
      while (next++ < count) {
        const sentAt = performance.now();
        assertAccepted(await connection.send(bytes));
        latencies.push(performance.now() - sentAt);
      }
    }),
  );
  return latencies;
}

/** A request that is due while all connections are busy waits, and its waiting counts. */
async function sendAtRate(
  free: KeepAliveConnection[],
  { request, count, perSecond }: LoadCommand & { perSecond: number },
  clock: () => number,
): Promise<LoadOutcome['sent']> {
  const bytes = encodeRequest(request);
  const started = clock();
  const answers: Promise<readonly [number, number]>[] = [];
  while (answers.length < count) {
    const dueAt = started + (answers.length * 1000) / perSecond;
    const early = dueAt - clock();
    const connection = early > 0 ? undefined : free.pop();
    if (!connection) {
      await delay(Math.max(1, Math.floor(early)));
      continue;
    }
    const answer = connection.send(bytes).then((received): readonly [number, number] => {
      free.push(connection);
      assertAccepted(received);
      return [(JSON.parse(received.body) as { data: { event_id: number } }).data.event_id, dueAt];
    });
    answer.catch(() => undefined); // told by Promise.all
    answers.push(answer);
  }
  return Promise.all(answers);
}

function assertAccepted({ status, body }: HttpAnswer): void {
  if (status !== 200 && status !== 201) throw new Error(`the API answered ${status}: ${body}`);
}

/** Milliseconds since 1970 with fractions. Date.now() has none, so the offset is taken when it has just changed. */
function wallClock(): () => number {
  const before = Date.now();
  while (Date.now() === before);
  const offset = Date.now() - performance.now();
  return () => offset + performance.now();
}
