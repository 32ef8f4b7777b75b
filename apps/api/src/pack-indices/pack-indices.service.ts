import { type AuditRecord, DomainError, PackRegistryIndexEntity, SecretBox } from '@attune/common';
import { type CreatePackRegistryIndexRequest, operations, type UpdatePackRegistryIndexRequest } from '@attune/contract';
import { type JsonObject } from '@attune/engine';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { givenFields } from '../domain/changes.js';
import { found } from '../domain/found.js';
import { type IndexedPack, IndexReader } from './index-reader.service.js';
import { sealHeaders } from './stored-headers.js';

export interface BrowseFilter {
  readonly q?: string | undefined;
  readonly registry_id?: number | undefined;
  readonly include_disabled: boolean;
}

/** An index decides where code comes from. */
const indexChanged = ({ id, url }: PackRegistryIndexEntity, details: JsonObject): AuditRecord => ({
  type: 'admin.security_config.changed',
  resource: { type: 'pack_index', id, ref: url },
  details,
});

/** Keeps the list of pack indices and looks into them. */
@Injectable()
export class PackIndicesService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(IndexReader) private readonly reader: IndexReader,
    @Inject(SecretBox) private readonly box: SecretBox,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  async list(caller: Caller): Promise<PackRegistryIndexEntity[]> {
    this.access.require(caller, operations.listPackIndices, {});
    return this.dataSource.getRepository(PackRegistryIndexEntity).find({ order: { position: 'ASC', id: 'ASC' } });
  }

  async create(caller: Caller, body: CreatePackRegistryIndexRequest): Promise<PackRegistryIndexEntity> {
    this.access.require(caller, operations.createPackIndex, {});
    const index = Object.assign(new PackRegistryIndexEntity(), {
      name: body.name ?? null,
      url: requireUrl(body.url),
      position: requirePosition(body.position ?? 0),
      enabled: body.enabled,
      headers: sealHeaders(body.headers, this.box),
    });
    return this.dataSource.transaction(async (db) => {
      await requireFreeUrl(db, index.url);
      const created = await get(db, (await db.save(index)).id);
      await this.audit.record(db, caller, indexChanged(created, { change: 'created' }));
      return created;
    });
  }

  async update(caller: Caller, id: number, body: UpdatePackRegistryIndexRequest): Promise<PackRegistryIndexEntity> {
    this.access.require(caller, operations.updatePackIndex, {});
    const { before, after } = await this.dataSource.transaction(async (db) => {
      const index = await get(db, id, 'pessimistic_write');
      const before = index.url;
      if (body.url !== undefined && body.url !== index.url) await requireFreeUrl(db, requireUrl(body.url));
      const kept = keptHeaders(index, body);
      Object.assign(index, {
        ...(body.name !== undefined && { name: body.name }),
        ...(body.url !== undefined && { url: body.url }),
        ...(body.position !== undefined && { position: requirePosition(body.position) }),
        ...(body.enabled !== undefined && { enabled: body.enabled }),
        ...((body.headers !== undefined || kept !== index.headers) && {
          headers: sealHeaders(body.headers ?? {}, this.box, kept),
        }),
      });
      await db.save(index);
      const fields = Object.keys(givenFields(body)).sort();
      await this.audit.record(db, caller, indexChanged(index, { change: 'updated', fields }));
      return { before, after: await get(db, id) };
    });
    this.reader.forget(before);
    this.reader.forget(after.url);
    return after;
  }

  async delete(caller: Caller, id: number): Promise<void> {
    this.access.require(caller, operations.deletePackIndex, {});
    const index = await this.dataSource.transaction(async (db) => {
      const found = await get(db, id, 'pessimistic_write');
      await db.delete(PackRegistryIndexEntity, { id });
      await this.audit.record(db, caller, indexChanged(found, { change: 'deleted' }));
      return found;
    });
    this.reader.forget(index.url);
  }

  /** By index, then as the index has them. */
  async browse(caller: Caller, { q, registry_id, include_disabled }: BrowseFilter): Promise<IndexedPack[]> {
    this.access.require(caller, operations.browsePackIndices, {});
    const indices = (await this.reader.indices()).filter(
      ({ id, enabled }) => (enabled || include_disabled) && (registry_id === undefined || id === registry_id),
    );
    const packs = await this.reader.packs(indices);
    const wanted = q?.trim().toLowerCase() ?? '';
    return wanted === '' ? packs : packs.filter(({ pack }) => textOf(pack).includes(wanted));
  }

  async find(caller: Caller, ref: string): Promise<IndexedPack> {
    this.access.require(caller, operations.getIndexedPack, {});
    const pack = await this.reader.find(ref, null);
    if (!pack) throw new DomainError('pack_index.not_found', `No pack index has a pack ${ref}`);
    return pack;
  }
}

async function get(db: EntityManager, id: number, lock?: 'pessimistic_write'): Promise<PackRegistryIndexEntity> {
  const row = await db.findOne(PackRegistryIndexEntity, { where: { id }, ...(lock && { lock: { mode: lock } }) });
  return found('pack_index', id, row);
}

/** Stored values stay where they are and where they come back masked, but never go to another place: whoever may change an address could have them sent there. */
function keptHeaders(index: PackRegistryIndexEntity, { url }: UpdatePackRegistryIndexRequest) {
  return url === undefined || new URL(url).origin === new URL(index.url).origin ? index.headers : {};
}

async function requireFreeUrl(db: EntityManager, url: string): Promise<void> {
  if (await db.existsBy(PackRegistryIndexEntity, { url })) {
    throw new DomainError('pack_index.conflict', 'There is a pack index with this url already');
  }
}

function requireUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:\/\//.test(text)) throw indexProblem('url must be an https:// or http:// address');
  if (url.username !== '' || url.password !== '')
    throw indexProblem('url must not hold credentials; headers are for them');
  return text;
}

function requirePosition(position: number): number {
  if (position < 0) throw indexProblem('position must not be negative');
  return position;
}

const indexProblem = (message: string): DomainError => new DomainError('pack_index.bad_request', message);

function textOf({ ref, label, description, keywords }: IndexedPack['pack']): string {
  return [ref, label, description, ...keywords].join('\n').toLowerCase();
}
