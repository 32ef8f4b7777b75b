import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DomainError } from '@attune/common';
import { type AnyOperation } from '@attune/contract';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { type HttpExchange } from './exchange.js';

/** Longest value of a field that is no file (bytes). */
const MAX_FIELD_BYTES = 64 * 1024;
const MAX_HEADER_BYTES = 8 * 1024;

/** A file of a form while it comes. */
export interface FormFile {
  readonly field: string;
  /** As the client calls it, without directories; nothing to rely on. */
  readonly fileName: string;
  readonly contentType: string;
  readonly content: Readable;
}

/** Values of the fields that are no files; a field that was not sent is missing. */
export type FormFields = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * Reads the form of an operation while it comes: its one file is handed to `takeFile`, which has to read it, and is never
 * kept in memory. Resolves when both the form and `takeFile` are through.
 *
 * @throws DomainError 400 when it is no such form, too large, or has an unknown, repeated or missing field; whatever
 *   `takeFile` throws
 */
export async function readForm(
  http: HttpExchange,
  operation: AnyOperation,
  takeFile: (file: FormFile) => Promise<void>,
): Promise<FormFields> {
  const reader = new FormReader(operation, takeFile);
  const form = openForm(http);
  form.on('file', (field, content, fileName, _encoding, contentType) =>
    reader.file({ field, content, fileName, contentType }),
  );
  form.on('field', (field, value, _nameTruncated, isTruncated) => reader.field(field, value, isTruncated));
  return reader.finish(pipeline(http.bodyStream, form));
}

/** The first thing that went wrong is what the caller hears of; the rest of the form is read and dropped. */
class FormReader {
  private readonly fields: Record<string, string | number | boolean> = {};
  private readonly seen = new Set<string>();
  private problem: unknown = null;
  private taken: Promise<void> = Promise.resolve();
  /** What `takeFile` reads, once there is a file. */
  private handed: PassThrough | null = null;

  constructor(
    private readonly operation: AnyOperation,
    private readonly takeFile: (file: FormFile) => Promise<void>,
  ) {}

  file(file: FormFile): void {
    // Errors of the form come with the form; without a listener they would end the process.
    file.content.on('error', () => undefined);
    if (!this.expect(file.field, true)) {
      file.content.resume();
      return;
    }
    const handed = handOn(file.content);
    this.handed = handed;
    this.taken = this.takeFile({ ...file, content: handed })
      .catch((error: unknown) => void (this.problem ??= error))
      .finally(() => handed.destroy());
  }

  field(name: string, value: string, isTruncated: boolean): void {
    if (!this.expect(name, false)) return;
    if (isTruncated) this.problem ??= formProblem(`the field '${name}' is too long`);
    else this.fields[name] = this.read(name, value);
  }

  async finish(reading: Promise<void>): Promise<FormFields> {
    const readProblem = await reading.then(
      () => null,
      (error: unknown) => error,
    );
    // The parser leaves a file open when its form breaks off; whoever reads it would wait for ever.
    if (readProblem !== null) this.handed?.destroy(new Error('the form broke off', { cause: readProblem }));
    await this.taken;
    // Whoever reads the file fails too when the form breaks off, and then says less about it.
    if (readProblem !== null) throw asFormProblem(readProblem);
    if (this.problem !== null) throw this.problem as Error; // what was thrown, as it was
    const missing = Object.entries(this.operation.multipart ?? {}).find(
      ([name, type]) => type === 'file' && !this.seen.has(name),
    );
    if (missing) throw formProblem(`the file '${missing[0]}' is missing`);
    return this.fields;
  }

  private expect(name: string | undefined, isFile: boolean): boolean {
    const type = name === undefined ? undefined : this.operation.multipart?.[name];
    if (name === undefined || type === undefined) this.problem ??= formProblem('it has an unknown field');
    else if ((type === 'file') !== isFile)
      this.problem ??= formProblem(`'${name}' must ${isFile ? 'not ' : ''}be a file`);
    else if (this.seen.has(name)) this.problem ??= formProblem(`the field '${name}' is there twice`);
    else {
      this.seen.add(name);
      return true;
    }
    return false;
  }

  private read(name: string, value: string): string | number | boolean {
    switch (this.operation.multipart?.[name]) {
      case 'boolean':
        return value.toLowerCase() === 'true';
      case 'integer':
        if (!/^-?\d{1,15}$/.test(value)) this.problem ??= formProblem(`the field '${name}' must be a whole number`);
        return Number(value);
      default:
        return value;
    }
  }
}

/**
 * A stream of the same bytes that may be given up at any time. The parser's own must be read to its end all the same, because
 * the rest of the form is behind it.
 */
function handOn(content: Readable): PassThrough {
  const handed = new PassThrough();
  handed.on('error', () => undefined); // told to whoever reads it
  handed.on('drain', () => content.resume()).on('close', () => content.resume());
  content.on('data', (chunk: Buffer) => {
    if (!handed.destroyed && !handed.write(chunk)) content.pause();
  });
  content.on('end', () => {
    if (!handed.destroyed) handed.end();
  });
  return handed;
}

function openForm(http: HttpExchange): BusboyInstance {
  try {
    return new Busboy({
      headers: { 'content-type': http.header('content-type') ?? '' },
      limits: {
        fieldSize: MAX_FIELD_BYTES,
        headerSize: MAX_HEADER_BYTES,
        headerPairs: 20,
        parts: 50,
      },
      // A file is what has a file name; the type of its content says nothing about that.
      isPartAFile: (_field, _type, fileName) => fileName !== undefined,
    });
  } catch (error) {
    throw asFormProblem(error);
  }
}

const formProblem = (reason: string, cause?: unknown): DomainError =>
  new DomainError('request.bad_request', `The form cannot be read: ${reason}`, {}, { cause });

function asFormProblem(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  return formProblem('it is damaged or breaks off', error);
}
