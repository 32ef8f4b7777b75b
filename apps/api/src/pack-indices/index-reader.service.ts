import {
  CONFIG,
  type Config,
  LOGGER,
  type Logger,
  messageOf,
  PackRegistryIndexEntity,
  SecretBox,
} from '@attune/common';
import {
  fetchGuarded,
  findEntry,
  hostOf,
  type PackIndexEntrySpec,
  readPackIndex,
  type SourceRules,
} from '@attune/packs';
import { Inject, Injectable } from '@nestjs/common';
import { text } from 'node:stream/consumers';
import { DataSource } from 'typeorm';
import { openHeaders } from './stored-headers.js';

/** A pack index, from the configuration or from the database. */
export interface KnownIndex {
  /** null: the configuration names it. */
  readonly id: number | null;
  readonly name: string | null;
  readonly url: string;
  /** Lower ones are asked first. */
  readonly position: number;
  readonly enabled: boolean;
  readonly headers: () => Readonly<Record<string, string>>;
}

export interface IndexedPack {
  readonly pack: PackIndexEntrySpec;
  readonly index: KnownIndex;
}

/** Largest index (bytes). */
const MAX_INDEX_BYTES = 16 * 1024 * 1024;

/** How long (ms) an index that could not be read is left alone. */
const RETRY_AFTER_MS = 15_000;

interface Cached {
  readonly until: number;
  readonly entries: Promise<readonly PackIndexEntrySpec[] | null>;
}

/** Reads pack indices, each for a while, and never lets one that is away stand in the way of the others. */
@Injectable()
export class IndexReader {
  private readonly cache = new Map<string, Cached>();

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(SecretBox) private readonly box: SecretBox,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Every index, in the order they are asked. */
  async indices(): Promise<KnownIndex[]> {
    const configured = this.config.packRegistry.indices.map(
      ({ url, name, priority, enabled, headers }): KnownIndex => ({
        id: null,
        name,
        url,
        position: priority,
        enabled,
        headers: () => headers,
      }),
    );
    const rows = await this.dataSource
      .getRepository(PackRegistryIndexEntity)
      .find({ order: { position: 'ASC', id: 'ASC' } });
    const stored = rows.map(({ id, name, url, position, enabled, headers }): KnownIndex => ({
      id,
      name,
      url,
      position,
      enabled,
      headers: () => openHeaders(headers, this.box),
    }));
    return [...configured, ...stored].toSorted((a, b) => a.position - b.position);
  }

  /** Packs of all these indices; those of one that cannot be read are missing. */
  async packs(indices: readonly KnownIndex[]): Promise<IndexedPack[]> {
    const read = await Promise.all(indices.map((index) => this.entries(index)));
    return indices.flatMap((index, at) => (read[at] ?? []).map((pack) => ({ pack, index })));
  }

  /** Of the first index that has it; null: none has. */
  async find(ref: string, version: string | null): Promise<IndexedPack | null> {
    for (const index of (await this.indices()).filter(({ enabled }) => enabled)) {
      const pack = findEntry((await this.entries(index)) ?? [], ref, version);
      if (pack) return { pack, index };
    }
    return null;
  }

  /** From where packs may come: the configured hosts, and those of the indices. */
  async rules(): Promise<SourceRules> {
    const { allowHttp, allowedSourceHosts: allowedHosts } = this.config.packRegistry;
    const indices = await this.indices();
    const indexHosts = indices.flatMap(({ url, enabled }) =>
      enabled && URL.canParse(url) ? [hostOf(new URL(url))] : [],
    );
    return { allowHttp, allowedHosts, indexHosts };
  }

  /** Forgets an index, so that the next question is answered by it. */
  forget(url: string): void {
    this.cache.delete(url);
  }

  private async entries(index: KnownIndex): Promise<readonly PackIndexEntrySpec[] | null> {
    const known = this.cache.get(index.url);
    if (known && known.until > performance.now()) return known.entries;
    const entries = this.read(index);
    const { cacheTtlSeconds, timeoutSeconds } = this.config.packRegistry;
    // Whoever comes while it is read waits for the same answer.
    this.cache.set(index.url, { until: performance.now() + timeoutSeconds * 1000, entries });
    const read = await entries;
    const lifetimeMs = read === null ? RETRY_AFTER_MS : cacheTtlSeconds * 1000;
    // Somebody may have asked to forget it meanwhile.
    if (this.cache.get(index.url)?.entries === entries) {
      this.cache.set(index.url, { until: performance.now() + lifetimeMs, entries });
    }
    return read;
  }

  private async read(index: KnownIndex): Promise<readonly PackIndexEntrySpec[] | null> {
    try {
      const rules = await this.rules();
      const timeoutMs = this.config.packRegistry.timeoutSeconds * 1000;
      const options = { rules, headers: index.headers(), maxBytes: MAX_INDEX_BYTES, timeoutMs };
      return readPackIndex(await fetchGuarded(index.url, options, text));
    } catch (error) {
      this.logger.warn(
        { packIndexId: index.id, problem: messageOf(error) },
        'pack index cannot be read; left out for now',
      );
      return null;
    }
  }
}
