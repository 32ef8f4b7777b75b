import { once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { operations } from '@attune/contract';
import { type HttpExchange } from './exchange.js';
import { type FormFile, readForm } from './multipart.js';

const HEAD = Buffer.from(
  '--cut\r\nContent-Disposition: form-data; name="pack"; filename="a.tar.gz"\r\nContent-Type: application/gzip\r\n\r\n',
);
const TAIL = Buffer.from('\r\n--cut\r\nContent-Disposition: form-data; name="force"\r\n\r\ntrue\r\n--cut--\r\n');

const read = (body: Readable, takeFile: (file: FormFile) => Promise<void>) => {
  const http = { header: () => 'multipart/form-data; boundary=cut', bodyStream: body };
  return readForm(http as unknown as HttpExchange, operations.uploadPack, takeFile);
};

function* chunks(count: number): Generator<Buffer> {
  yield HEAD;
  for (let chunk = 0; chunk < count; chunk += 1) yield Buffer.alloc(64 * 1024, 'x');
  yield TAIL;
}

describe('readForm', () => {
  it('hands the file on while it comes, and gives the fields', async () => {
    let size = 0;
    const fields = await read(Readable.from(chunks(20)), async ({ content }) => {
      size = (await buffer(content)).length;
    });
    expect([size, fields]).toEqual([20 * 64 * 1024, { force: true }]);
  });

  it('reads a form to its end whose file nobody wants to the end', async () => {
    const enough = read(Readable.from(chunks(50)), async ({ content }) => {
      await once(content, 'data');
      throw new Error('no archive');
    });
    await expect(enough).rejects.toThrow('no archive');
    const given = await read(Readable.from(chunks(50)), ({ content }) => Promise.resolve(void content.destroy()));
    expect(given).toEqual({ force: true });
  });

  it('ends whoever reads the file when the form breaks off in it', async () => {
    const broken = Readable.from(
      (async function* () {
        yield HEAD;
        yield Buffer.alloc(64 * 1024, 'x');
        await Promise.resolve();
        throw new Error('connection reset');
      })(),
    );
    let ended = false;
    const reading = read(broken, async ({ content }) => {
      await buffer(content).finally(() => (ended = true));
    });
    await expect(reading).rejects.toMatchObject({ code: 'request.bad_request' });
    expect(ended).toBe(true);
  });
});
