import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import fastify from 'fastify';
import { releaseConnections } from './release-connections.js';

describe('releaseConnections', () => {
  it('lets the server close although a connection never asked anything, and finishes what was asked', async () => {
    const server = fastify();
    let answer!: () => void;
    const mayAnswer = new Promise<void>((done) => (answer = done));
    const asked = new Promise<void>((done) => {
      server.get('/', async () => {
        done();
        await mayAnswer;
        return 'answer';
      });
    });
    releaseConnections(server);
    await server.listen({ host: '127.0.0.1', port: 0 });
    const { port } = server.server.address() as AddressInfo;
    const connected = once(server.server, 'connection');
    const unused = connect(port, '127.0.0.1').resume();
    await connected;
    const ended = once(unused, 'close');
    const request = fetch(`http://127.0.0.1:${port}/`);
    await asked;
    const closed = server.close();
    await ended;
    answer();
    expect(await (await request).text()).toBe('answer');
    await closed;
  });
});
