import { createServer, type Server, type Socket } from 'node:net';
import { type AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import {
  AndFilter,
  BerReader,
  BerWriter,
  BindRequest,
  EqualityFilter,
  type Filter,
  OrFilter,
  PresenceFilter,
  ProtocolOperation,
  SearchRequest,
} from 'ldapts';
import { type Certificate } from './certificate.js';

export interface DirectoryEntry {
  readonly dn: string;
  /** Null: nobody can bind as it. */
  readonly password: string | null;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

/** What somebody told the server, and whether others could listen. */
export interface SeenBind {
  readonly dn: string;
  readonly password: string;
  readonly isEncrypted: boolean;
}

export interface LdapServerOptions {
  /** From the first byte on. */
  readonly isTls?: boolean;
  readonly certificate?: Certificate;
}

const CODE = { success: 0, sizeLimitExceeded: 4, invalidCredentials: 49, insufficientAccess: 50, unavailable: 52 };
const START_TLS = '1.3.6.1.4.1.1466.20037';

/**
 * A small directory server. As real ones do it lets everybody bind with a name and no password, as nobody in particular,
 * and tells only those what it holds who have bound with one.
 */
export class LdapServer {
  readonly entries: DirectoryEntry[] = [];
  readonly binds: SeenBind[] = [];
  /** Answers nothing. */
  isSilent = false;
  /** Says that it cannot work now. */
  isUnavailable = false;
  /** Cuts connections right after they were encrypted. */
  isCutAfterStartTls = false;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly options: LdapServerOptions,
  ) {
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      new Connection(this, options.isTls === true ? this.encrypt(socket) : socket);
    });
  }

  static async start(options: LdapServerOptions = {}): Promise<LdapServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new LdapServer(server, options);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  encrypt(socket: Socket): TLSSocket {
    const { key, cert } = this.options.certificate ?? { key: '', cert: '' };
    const secure = new TLSSocket(socket, { isServer: true, key, cert });
    secure.on('error', () => undefined);
    return secure;
  }
}

/** One client: who it is, and what it has sent so far. */
class Connection {
  private boundAs: string | null = null;
  private received = Buffer.alloc(0);
  private readonly onData = (chunk: Buffer): void => this.take(chunk);

  constructor(
    private readonly server: LdapServer,
    private socket: Socket,
  ) {
    socket.on('data', this.onData);
  }

  private take(chunk: Buffer): void {
    this.received = Buffer.concat([this.received, chunk]);
    for (let length = messageLength(this.received); length !== null; length = messageLength(this.received)) {
      const message = this.received.subarray(0, length);
      this.received = this.received.subarray(length);
      if (!this.server.isSilent) this.handle(new BerReader(message));
    }
  }

  private handle(reader: BerReader): void {
    reader.readSequence();
    const id = reader.readInt() ?? 0;
    const operation = reader.readSequence();
    if (operation === ProtocolOperation.LDAP_REQ_UNBIND) this.socket.end();
    else if (operation === ProtocolOperation.LDAP_REQ_BIND) this.bind(id, reader);
    else if (operation === ProtocolOperation.LDAP_REQ_SEARCH) this.search(id, reader);
    else if (operation === ProtocolOperation.LDAP_REQ_EXTENSION) this.startTls(id, reader);
  }

  private bind(id: number, reader: BerReader): void {
    const request = new BindRequest({ messageId: id });
    request.parseMessage(reader);
    const { dn, password } = request;
    this.server.binds.push({ dn, password, isEncrypted: this.socket instanceof TLSSocket });
    const entry = this.server.entries.find((one) => same(one.dn, dn) && one.password === password);
    this.boundAs = entry && password !== '' ? entry.dn : null;
    const code = entry || password === '' ? CODE.success : CODE.invalidCredentials;
    this.reply(id, ProtocolOperation.LDAP_RES_BIND, this.server.isUnavailable ? CODE.unavailable : code);
  }

  private search(id: number, reader: BerReader): void {
    const request = new SearchRequest({ messageId: id, filter: new PresenceFilter({ attribute: 'objectclass' }) });
    request.parseMessage(reader);
    if (this.boundAs === null) {
      this.reply(id, ProtocolOperation.LDAP_RES_SEARCH, CODE.insufficientAccess);
      return;
    }
    const found = this.server.entries.filter(
      ({ dn, attributes }) => isIn(dn, request) && matches(attributes, request.filter),
    );
    const shown = request.sizeLimit === 0 ? found : found.slice(0, request.sizeLimit);
    for (const entry of shown) this.send(entryMessage(id, entry, request.attributes));
    const code = shown.length < found.length ? CODE.sizeLimitExceeded : CODE.success;
    this.reply(id, ProtocolOperation.LDAP_RES_SEARCH, code);
  }

  private startTls(id: number, reader: BerReader): void {
    if (reader.readString(0x80) !== START_TLS) return;
    this.reply(id, ProtocolOperation.LDAP_RES_EXTENSION, CODE.success);
    this.socket.off('data', this.onData);
    this.socket = this.server.encrypt(this.socket);
    if (this.server.isCutAfterStartTls) this.socket.once('secure', () => this.socket.destroy());
    this.socket.on('data', this.onData);
  }

  private reply(id: number, operation: number, code: number): void {
    this.send(
      message(id, operation, (writer) => {
        writer.writeEnumeration(code);
        writer.writeString('');
        writer.writeString('');
      }),
    );
  }

  private send(bytes: Buffer): void {
    this.socket.write(bytes);
  }
}

function message(id: number, operation: number, write: (writer: BerWriter) => void): Buffer {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeInt(id);
  writer.startSequence(operation);
  write(writer);
  writer.endSequence();
  writer.endSequence();
  return writer.buffer;
}

const entryMessage = (id: number, { dn, attributes }: DirectoryEntry, wanted: readonly string[]): Buffer =>
  message(id, ProtocolOperation.LDAP_RES_SEARCH_ENTRY, (writer) => {
    writer.writeString(dn);
    writer.startSequence();
    for (const [name, values] of Object.entries(attributes)) {
      // None named: all of them.
      if (wanted.length > 0 && !wanted.includes(name.toLowerCase())) continue;
      writer.startSequence();
      writer.writeString(name);
      writer.startSequence(ProtocolOperation.LBER_SET);
      for (const value of values) writer.writeString(value);
      writer.endSequence();
      writer.endSequence();
    }
    writer.endSequence();
  });

/** Bytes of the first message; null while it is not all there. */
function messageLength(bytes: Buffer): number | null {
  const [, first = 0x80] = bytes;
  const sizeBytes = first < 0x80 ? 0 : first - 0x80;
  if (bytes.length < 2 + sizeBytes) return null;
  const content = sizeBytes === 0 ? first : bytes.readUIntBE(2, sizeBytes);
  const length = 2 + sizeBytes + content;
  return bytes.length < length ? null : length;
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const isIn = (dn: string, { baseDN, scope }: SearchRequest): boolean =>
  same(dn, baseDN) || (scope === 'sub' && dn.toLowerCase().endsWith(`,${baseDN.toLowerCase()}`));

function matches(attributes: DirectoryEntry['attributes'], filter: Filter): boolean {
  const valuesOf = (name: string) => Object.entries(attributes).find(([key]) => same(key, name))?.[1] ?? [];
  if (filter instanceof AndFilter) return filter.filters.every((one) => matches(attributes, one));
  if (filter instanceof OrFilter) return filter.filters.some((one) => matches(attributes, one));
  // The parser of the library misreads which attribute is meant. Only `objectClass` is asked for, which everything has.
  if (filter instanceof PresenceFilter) return true;
  if (filter instanceof EqualityFilter)
    return valuesOf(filter.attribute).some((value) => same(value, String(filter.value)));
  return false;
}
