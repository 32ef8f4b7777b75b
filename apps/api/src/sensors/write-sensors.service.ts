import {
  DomainError,
  execute,
  findPack,
  findRuntime,
  findSensor,
  LOGGER,
  type Logger,
  SensorEntity,
  sql,
  TriggerEntity,
} from '@attune/common';
import { type CreateSensorRequest, operations, type UpdateSensorRequest } from '@attune/contract';
import { type JsonObject } from '@attune/engine';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { givenFields, patched, without } from '../domain/changes.js';
import { findForUpdate } from '../domain/find-for-update.js';
import { found } from '../domain/found.js';
import { placementOf } from '../domain/placement.js';
import { requireRef } from '../domain/refs.js';
import { requireUsableSchema } from '../domain/schemas.js';
import { objectOrNull } from '../domain/wire.js';
import { triggerTarget } from '../triggers/show-trigger.js';
import { sensorTarget } from './show-sensor.js';

/** Creates, changes and deletes sensors. A trigger has at most one sensor that produces it. */
@Injectable()
export class WriteSensorsService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async create(caller: Caller, body: CreateSensorRequest): Promise<SensorEntity> {
    const pack = found('pack', body.pack_ref, await findPack(this.dataSource, body.pack_ref));
    this.access.require(caller, operations.createSensor, { ref: body.ref, packRef: pack.ref });
    requireRef('sensor', body.ref);
    const plain = without(body, 'trigger_ref', 'worker_tolerations', 'worker_affinity');
    const placement = placementOf(body);
    return this.dataSource.transaction(async (db) => {
      const trigger = found('trigger', body.trigger_ref, await findForUpdate(db, TriggerEntity, body.trigger_ref));
      this.access.require(caller, operations.createSensor, triggerTarget(trigger));
      const runtime = found('runtime', body.runtime_ref, await findRuntime(db, body.runtime_ref));
      if (await findSensor(db, body.ref)) {
        throw new DomainError('sensor.conflict', `The sensor ${body.ref} already exists`);
      }
      const sensor: Partial<SensorEntity> = {
        ...givenFields(plain),
        ...placement,
        pack: pack.id,
        runtime: runtime.id,
        param_schema: requireUsableSchema('param_schema', objectOrNull('param_schema', body.param_schema)),
        config: objectOrNull('config', body.config) ?? {},
        is_adhoc: true,
      };
      const { id } = await db.save(Object.assign(new SensorEntity(), sensor));
      await produce(db, trigger, { id, ref: body.ref });
      await this.tell(db, caller, { id, ref: body.ref }, { change: 'created' });
      return found('sensor', body.ref, await findSensor(db, body.ref));
    });
  }

  async update(caller: Caller, ref: string, body: UpdateSensorRequest): Promise<SensorEntity> {
    return this.dataSource.transaction(async (db) => {
      const sensor = found('sensor', ref, await findForUpdate(db, SensorEntity, ref));
      this.access.require(caller, operations.updateSensor, sensorTarget(sensor));
      await db.save(Object.assign(sensor, changesOf(sensor, body)));
      await this.tell(db, caller, sensor, { change: 'updated', fields: Object.keys(givenFields(body)) });
      return found('sensor', ref, await findSensor(db, ref));
    });
  }

  /** A disabled sensor has no process. */
  async setEnabled(caller: Caller, ref: string, enabled: boolean): Promise<SensorEntity> {
    return this.dataSource.transaction(async (db) => {
      const sensor = found('sensor', ref, await findForUpdate(db, SensorEntity, ref));
      const operation = enabled ? operations.enableSensor : operations.disableSensor;
      this.access.require(caller, operation, sensorTarget(sensor));
      await execute(db, sql`update sensor as s set enabled = ${enabled} where s.id = ${sensor.id}`);
      await this.tell(db, caller, sensor, { change: enabled ? 'enabled' : 'disabled' });
      return found('sensor', ref, await findSensor(db, ref));
    });
  }

  async delete(caller: Caller, ref: string): Promise<void> {
    await this.dataSource.transaction(async (db) => {
      const sensor = found('sensor', ref, await findForUpdate(db, SensorEntity, ref));
      this.access.require(caller, operations.deleteSensor, sensorTarget(sensor));
      await execute(db, sql`delete from sensor as s where s.id = ${sensor.id}`);
      await this.tell(db, caller, sensor, { change: 'deleted' });
    });
    this.logger.info({ sensorRef: ref, identityId: caller.identityId }, 'sensor deleted');
  }

  private tell(
    db: EntityManager,
    caller: Caller,
    { id, ref }: Pick<SensorEntity, 'id' | 'ref'>,
    details: JsonObject,
  ): Promise<void> {
    const resource = { type: 'sensor', id, ref };
    return this.audit.record(db, caller, { type: 'definition.sensor.changed', resource, details });
  }
}

/** @throws DomainError 409 when another sensor produces the trigger already: each event would come twice */
async function produce(
  db: EntityManager,
  trigger: TriggerEntity,
  sensor: Pick<SensorEntity, 'id' | 'ref'>,
): Promise<void> {
  if (trigger.sensor !== null) {
    throw new DomainError('sensor.conflict', `The sensor ${trigger.sensor_ref} produces ${trigger.ref} already`);
  }
  await execute(
    db,
    sql`update trigger as t set sensor = ${sensor.id}, sensor_ref = ${sensor.ref} where t.id = ${trigger.id}`,
  );
}

const PATCHED = [
  'param_schema',
  'artifact_retention_policy',
  'artifact_retention_limit',
  'log_retention_policy',
  'log_retention_limit',
  'worker_tolerations',
  'worker_affinity',
] as const;

function changesOf(sensor: SensorEntity, body: UpdateSensorRequest): Partial<SensorEntity> {
  const schema = objectOrNull('param_schema', patched(sensor.param_schema, body.param_schema));
  return {
    ...givenFields(without(body, ...PATCHED)),
    ...placementOf(body),
    param_schema: requireUsableSchema('param_schema', schema),
    artifact_retention_policy: patched(sensor.artifact_retention_policy, body.artifact_retention_policy),
    artifact_retention_limit: patched(sensor.artifact_retention_limit, body.artifact_retention_limit),
    log_retention_policy: patched(sensor.log_retention_policy, body.log_retention_policy),
    log_retention_limit: patched(sensor.log_retention_limit, body.log_retention_limit),
  };
}
