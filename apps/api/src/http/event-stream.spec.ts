import { EventStream } from './event-stream.js';

describe('an event stream', () => {
  const open = () => {
    const leaving = new AbortController();
    return { stream: new EventStream(leaving.signal), leaving };
  };

  const textOf = async (stream: EventStream): Promise<string> => {
    let text = '';
    for await (const chunk of stream.toReply().getStream()) text += String(chunk);
    return text;
  };

  it('writes events as the format wants them', async () => {
    const { stream } = open();
    stream.send({ data: { text: 'two\nlines' } });
    stream.send({ event: 'append', id: '42', data: null });
    stream.end();
    stream.send({ data: 'too late' });
    expect(await textOf(stream)).toBe(
      ': connected\n\ndata: {"text":"two\\nlines"}\n\nevent: append\nid: 42\ndata: null\n\n',
    );
    expect(stream.closed.aborted).toBe(true);
  });

  it('drops a client that does not read, instead of remembering everything', async () => {
    const { stream } = open();
    const body = stream.toReply().getStream();
    const closed = new Promise((resolve) => stream.closed.addEventListener('abort', resolve));
    let most = 0;
    for (let count = 0; count < 5_000; count += 1) {
      stream.send({ data: 'x'.repeat(1_000) });
      most = Math.max(most, body.readableLength);
    }
    await closed;
    expect(body.destroyed).toBe(true);
    expect(most).toBeLessThan(1_100_000);
  });

  it('ends when the client leaves, also before it began', async () => {
    const { stream, leaving } = open();
    const closed = new Promise((resolve) => stream.closed.addEventListener('abort', resolve));
    leaving.abort();
    await closed;
    const late = new EventStream(AbortSignal.abort());
    await new Promise((resolve) => late.closed.addEventListener('abort', resolve));
    expect(late.toReply().getStream().destroyed).toBe(true);
  });
});
