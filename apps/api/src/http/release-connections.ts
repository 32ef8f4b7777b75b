import { type Socket } from 'node:net';
import { type FastifyInstance } from 'fastify';

/**
 * Lets go of connections when the service stops, so that none keeps it from stopping in time. Node closes those that wait
 * for another request at that moment, but neither those that never asked anything (browsers open them in advance) nor
 * those whose request is still being answered and which then stay open for the next one.
 */
export function releaseConnections(fastify: FastifyInstance): void {
  const unused = new Set<Socket>();
  let isClosing = false;
  fastify.server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  fastify.server.on('request', ({ socket }: { socket: Socket }) => unused.delete(socket));
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (isClosing) void reply.header('connection', 'close');
    done(null, payload);
  });
  fastify.addHook('preClose', (done) => {
    isClosing = true;
    for (const socket of unused) socket.destroy();
    done();
  });
}
