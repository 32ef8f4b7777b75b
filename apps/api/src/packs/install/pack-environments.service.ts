import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '@attune/common';
import { type BuildPackEnvsRequest, type BuildPackEnvsResponse, operations } from '@attune/contract';
import { readPackDirectory } from '@attune/packs';
import { Inject, Injectable } from '@nestjs/common';
import { type Caller } from '../../access/caller.js';
import { InstallPackService } from './install-pack.service.js';
import { RegisterPackService } from './register-pack.service.js';

type Failure = BuildPackEnvsResponse['failed_environments'][number];

/** Manifests of packages a pack may bring, and what they would be installed for. */
const MANIFESTS = [
  ['python', 'requirements.txt', 'skip_python'],
  ['nodejs', 'package.json', 'skip_nodejs'],
] as const;

/**
 * Says which environments packs need. Nothing builds them yet: a pack that brings no list of packages is ready as it is,
 * and every list is a failure that says so.
 */
@Injectable()
export class PackEnvironmentsService {
  constructor(
    @Inject(InstallPackService) private readonly installs: InstallPackService,
    @Inject(RegisterPackService) private readonly registers: RegisterPackService,
  ) {}

  async build(caller: Caller, body: BuildPackEnvsRequest): Promise<BuildPackEnvsResponse> {
    this.installs.requireSomeGrant(caller, operations.buildPackEnvironments);
    const began = performance.now();
    const built: BuildPackEnvsResponse['built_environments'] = [];
    const failed: Failure[] = [];
    for (const path of body.pack_paths) {
      const { ref, failures } = await this.inspect(path, body);
      failed.push(...failures);
      if (failures.length > 0) continue;
      built.push({ pack_ref: ref, pack_path: path, environments: { python: null, nodejs: null }, duration_ms: 0 });
    }
    return {
      built_environments: built,
      failed_environments: failed,
      summary: {
        total_packs: body.pack_paths.length,
        success_count: built.length,
        failure_count: body.pack_paths.length - built.length,
        python_envs_built: 0,
        nodejs_envs_built: 0,
        total_duration_ms: Math.round(performance.now() - began),
      },
    };
  }

  private async inspect(path: string, body: BuildPackEnvsRequest): Promise<{ ref: string; failures: Failure[] }> {
    const failure = (ref: string, runtime: Failure['runtime'], error: string): Failure => ({
      pack_ref: ref,
      pack_path: path,
      runtime,
      error,
    });
    try {
      const directory = await this.registers.directoryAt(path);
      const { pack } = await readPackDirectory(directory);
      if (!pack) return { ref: '', failures: [failure('', 'unknown', 'There is no pack.yaml that can be understood')] };
      const { ref } = pack.manifest;
      const failures: Failure[] = [];
      for (const [runtime, manifest, skip] of MANIFESTS) {
        if (body[skip] || !(await exists(join(directory, manifest)))) continue;
        failures.push(failure(ref, runtime, `Packages of ${manifest} are not installed by this version yet`));
      }
      return { ref, failures };
    } catch (error) {
      if (error instanceof DomainError) return { ref: '', failures: [failure('', 'unknown', error.message)] };
      throw error;
    }
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
