import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError, messageOf } from '@attune/common';
import {
  type GetPackDependenciesRequest,
  type GetPackDependenciesResponse,
  operations,
  type RuntimeRequirements,
} from '@attune/contract';
import { isSameRuntime, satisfiesVersion } from '@attune/engine';
import { type ManifestSpec, PackLoadError, readPackDependency, readPackDirectory } from '@attune/packs';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Caller } from '../../access/caller.js';
import { InstallPackService } from './install-pack.service.js';
import { RegisterPackService } from './register-pack.service.js';
import { installedVersions, offeredRuntimes } from './sql/installed-versions.sql.js';

type Dependency = GetPackDependenciesResponse['dependencies'][number];

/** Tells what packs need, and whether it is there. */
@Injectable()
export class PackDependenciesService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(InstallPackService) private readonly installs: InstallPackService,
    @Inject(RegisterPackService) private readonly registers: RegisterPackService,
  ) {}

  /** @throws DomainError 400 listing everything that is missing */
  async requireAll(manifest: ManifestSpec): Promise<void> {
    const missing = [
      ...(await this.dependenciesOf(manifest)).filter((one) => !one.already_installed).map(missingText),
      ...(await this.missingRuntimes(manifest)),
    ];
    if (missing.length === 0) return;
    throw new DomainError(
      'pack.bad_request',
      `The pack ${manifest.ref} needs what is not there: ${missing.join('; ')}`,
      { missing },
    );
  }

  /** What goes wrong with one pack is listed and does not keep the others. */
  async analyze(caller: Caller, body: GetPackDependenciesRequest): Promise<GetPackDependenciesResponse> {
    this.installs.requireSomeGrant(caller, operations.getPackDependencies);
    const result: GetPackDependenciesResponse = {
      dependencies: [],
      runtime_requirements: {},
      missing_dependencies: [],
      analyzed_packs: [],
      errors: [],
    };
    for (const path of body.pack_paths) {
      try {
        await this.analyzeOne(path, body.skip_validation, result);
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        result.errors.push({ pack_path: path, error: messageOf(error) });
      }
    }
    result.missing_dependencies = result.dependencies.filter((one) => !one.already_installed);
    return result;
  }

  private async analyzeOne(path: string, skipValidation: boolean, into: GetPackDependenciesResponse): Promise<void> {
    const directory = await this.registers.directoryAt(path);
    const { pack, problems } = await readPackDirectory(directory);
    if (pack === null || (!skipValidation && problems.length > 0)) {
      throw new PackLoadError(pack?.manifest.ref ?? null, problems);
    }
    const { manifest } = pack;
    const dependencies = await this.dependenciesOf(manifest);
    into.dependencies.push(...dependencies);
    into.runtime_requirements[manifest.ref] = await runtimeRequirements(manifest, directory);
    into.analyzed_packs.push({
      pack_ref: manifest.ref,
      pack_path: path,
      has_dependencies: dependencies.length > 0,
      dependency_count: dependencies.length,
    });
  }

  private async dependenciesOf({ ref, dependencies }: ManifestSpec): Promise<Dependency[]> {
    const needed = dependencies.flatMap((text) => readPackDependency(text) ?? []);
    const installed = await installedVersions(
      this.dataSource,
      needed.map((one) => one.ref),
    );
    return needed.map((one) => ({
      pack_ref: one.ref,
      version_spec: one.versions,
      required_by: ref,
      already_installed: installed.some((pack) => pack.ref === one.ref && satisfiesVersion(pack.version, one.versions)),
    }));
  }

  /** Held against what workers offer: it is there that packs run. */
  private async missingRuntimes({ python, nodejs }: ManifestSpec): Promise<string[]> {
    const wanted = Object.entries({ python, nodejs }).filter(([, version]) => version !== undefined);
    if (wanted.length === 0) return [];
    const workers = await offeredRuntimes(this.dataSource);
    const isOffered = (name: string, version: string): boolean =>
      workers.some((runtimes) =>
        Object.entries(runtimes).some(
          ([offered, versions]) =>
            isSameRuntime(offered, name) &&
            Array.isArray(versions) &&
            versions.some((one) => typeof one === 'string' && satisfiesVersion(one, `>=${version}`)),
        ),
      );
    return wanted
      .filter(([name, version = '0']) => !isOffered(name, version))
      .map(([name, version = '0']) => `${name} ${version} or later (no running worker offers it)`);
  }
}

const missingText = ({ pack_ref, version_spec }: Dependency): string =>
  version_spec === '*' ? `the pack ${pack_ref}` : `the pack ${pack_ref} in a version ${version_spec}`;

async function runtimeRequirements(
  { ref, python, nodejs }: ManifestSpec,
  directory: string,
): Promise<RuntimeRequirements> {
  const file = (name: string): Promise<string | null> =>
    access(join(directory, name)).then(
      () => name,
      () => null,
    );
  const [requirements, packageFile] = [await file('requirements.txt'), await file('package.json')];
  return {
    pack_ref: ref,
    python:
      python === undefined && requirements === null
        ? null
        : { version: python ?? null, requirements_file: requirements },
    nodejs:
      nodejs === undefined && packageFile === null ? null : { version: nodejs ?? null, package_file: packageFile },
  };
}
