import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { createDataSource } from './data-source.js';

/** A message of PostgreSQL's protocol: its letter, its length, its content. */
function message(letter: string, content: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(letter);
  head.writeInt32BE(content.length + 4, 1);
  return Buffer.concat([head, content]);
}

const AUTHENTICATED = message('R', Buffer.from([0, 0, 0, 0]));
const READY = message('Z', Buffer.from('I'));
const TERMINATED = message(
  'E',
  Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0'),
);

describe('a pool whose server dies as a connection is made', () => {
  let server: Server;

  beforeEach(async () => {
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      // All of it in one packet: between the two last messages nothing else gets a turn.
      socket.once('data', () => socket.end(Buffer.concat([AUTHENTICATED, READY, TERMINATED])));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    server.close();
  });

  it('tells whoever asked, and the process lives on', async () => {
    const { port } = server.address() as AddressInfo;
    const dataSource = createDataSource({ url: `postgres://one@127.0.0.1:${port}/none` });
    await expect(dataSource.initialize()).rejects.toThrow(/terminat|connection error/i); // an unheard event would end Jest
  });
});
