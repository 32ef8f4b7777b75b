import { randomBytes } from 'node:crypto';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { CONFIG, type Config, DomainError, LOGGER, type Logger } from '@attune/common';
import {
  type DownloadPacksRequest,
  type DownloadPacksResponse,
  type InstallPackRequest,
  operations,
} from '@attune/contract';
import { type FetchedPack, fetchPack, type StagedPack, stagePack, type Staging } from '@attune/packs';
import { Inject, Injectable } from '@nestjs/common';
import { type Caller } from '../../access/caller.js';
import { IndexReader } from '../../pack-indices/index-reader.service.js';
import { PackFiles } from '../pack-files.service.js';
import { publicSource } from './pack-origin.js';

export interface StagedFetch {
  readonly pack: StagedPack;
  readonly origin: FetchedPack;
}

interface FetchRequest {
  readonly source: string;
  readonly refSpec: string | null;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Brings packs in from repositories, archives, directories and indices. */
@Injectable()
export class FetchPacksService {
  constructor(
    @Inject(PackFiles) private readonly files: PackFiles,
    @Inject(IndexReader) private readonly indices: IndexReader,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws DomainError 400 when it cannot be had, is refused, or is another pack than the index promised */
  async fetch(staging: Staging, request: FetchRequest): Promise<StagedFetch> {
    const { packRegistry, packUpload } = this.config;
    if (!packRegistry.enabled) {
      throw new DomainError('pack.bad_request', 'Packs may not be fetched here (pack_registry.enabled)');
    }
    const origin = await fetchPack(staging, request.source, request.refSpec, {
      rules: await this.indices.rules(),
      localRoots: this.files.localRoots,
      limits: packUpload,
      maxFetchedBytes: packRegistry.maxDownloadBytes,
      timeoutMs: Math.min(request.timeoutMs, packRegistry.timeoutSeconds * 1000),
      verifyChecksums: packRegistry.verifyChecksums,
      findIndexed: async (ref, version) => (await this.indices.find(ref, version))?.pack ?? null,
      signal: request.signal,
    });
    const pack = await stagePack(staging, origin.root);
    if (origin.promisedRef !== null && origin.promisedRef !== pack.manifest.ref) {
      throw new DomainError(
        'pack.bad_request',
        `The pack index promised '${origin.promisedRef}' and gave '${pack.manifest.ref}'`,
      );
    }
    return { pack, origin };
  }

  fetchForInstall(
    staging: Staging,
    { source, ref_spec }: InstallPackRequest,
    signal: AbortSignal,
  ): Promise<StagedFetch> {
    return this.fetch(staging, { source, refSpec: ref_spec ?? null, timeoutMs: Number.POSITIVE_INFINITY, signal });
  }

  /** Downloads packs to where they can be registered from. What goes wrong with one does not keep the others. */
  async download(caller: Caller, body: DownloadPacksRequest, signal: AbortSignal): Promise<DownloadPacksResponse> {
    await this.files.removeOldDownloads();
    const downloaded: DownloadPacksResponse['downloaded_packs'] = [];
    const failed: DownloadPacksResponse['failed_packs'] = [];
    const request = { refSpec: body.ref_spec ?? null, timeoutMs: Math.max(1, body.timeout) * 1000, signal };
    for (const source of body.packs) {
      try {
        downloaded.push(await this.files.inStaging((staging) => this.downloadOne(staging, { ...request, source })));
      } catch (error) {
        if (!(error instanceof DomainError))
          this.logger.error({ err: error, operation: operations.downloadPacks.operationId }, 'pack not downloaded');
        failed.push({
          source: publicSource(source),
          error: error instanceof DomainError ? error.message : 'Something went wrong inside the service',
        });
      }
    }
    this.logger.info(
      { identityId: caller.identityId, downloaded: downloaded.length, failed: failed.length },
      'packs downloaded',
    );
    return {
      downloaded_packs: downloaded,
      failed_packs: failed,
      total_count: body.packs.length,
      success_count: downloaded.length,
      failure_count: failed.length,
    };
  }

  private async downloadOne(
    staging: Staging,
    request: FetchRequest,
  ): Promise<DownloadPacksResponse['downloaded_packs'][number]> {
    const { pack, origin } = await this.fetch(staging, request);
    const { ref, version } = pack.manifest;
    const place = join(this.files.downloads, randomBytes(8).toString('hex'));
    await mkdir(place, { recursive: true });
    await rename(pack.directory, join(place, ref));
    return {
      source: publicSource(request.source),
      source_type: origin.type,
      pack_path: join(place, ref),
      pack_ref: ref,
      pack_version: version,
      git_commit: origin.commit,
      checksum: origin.checksum,
    };
  }
}
