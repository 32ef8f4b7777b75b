import { DomainError, findIdentity, findIdentityByLogin, type TokenClaims, TokenSigner } from '@attune/common';
import { type CreateSensorTokenRequest, operations, type SensorTokenResponse } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { AccessService } from '../../access/access.service.js';
import { type Caller } from '../../access/caller.js';
import { requireRef } from '../../domain/refs.js';
import { insertSensorIdentity } from './sql/insert-sensor-identity.sql.js';
import { isSensorDisabled } from './sql/is-sensor-disabled.sql.js';
import { type ClaimedTrigger, listClaimedTriggers } from './sql/list-claimed-triggers.sql.js';

/** A sensor's token in the place of the one it had. */
export interface RenewedToken {
  readonly token: string;
  readonly expires_at: string;
}

/** Bounds (s) of the life of a token. */
const MIN_LIFETIME = 3_600;
const MAX_LIFETIME = 259_200;

const metadata = z.object({ trigger_types: z.array(z.string()) });

interface Issued {
  readonly identityId: number;
  readonly sensorRef: string;
  readonly triggers: readonly string[];
  readonly lifetimeSeconds: number;
}

/** Makes the tokens of sensor processes: good for events of some triggers, and for nothing else. */
@Injectable()
export class SensorTokensService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(TokenSigner) private readonly signer: TokenSigner,
    @Inject(AccessService) private readonly access: AccessService,
  ) {}

  /**
   * Workers may make one for any sensor; people need the right to change each of its triggers.
   * @throws DomainError 403, or 422 for triggers that do not exist or belong to another sensor
   */
  async issue(caller: Caller, request: CreateSensorTokenRequest): Promise<SensorTokenResponse> {
    const { sensor_ref: sensorRef, ttl_seconds: lifetimeSeconds } = request;
    requireRef('sensor', sensorRef);
    const triggers = [...new Set(request.trigger_types)];
    await this.requireTriggers(caller, sensorRef, triggers);
    const identityId = await this.identityOf(sensorRef);
    const { token, expires_at } = await this.sign({ identityId, sensorRef, triggers, lifetimeSeconds });
    return { identity_id: identityId, sensor_ref: sensorRef, token, expires_at, trigger_types: triggers };
  }

  /**
   * Lives as long again as the token it replaces, for those of its triggers that are still there and still its own.
   * @throws DomainError 401 when the identity is gone, 403 when it is frozen, the sensor switched off, or no trigger left
   */
  async renew({ sub, login: sensorRef, iat, exp, metadata: given }: TokenClaims): Promise<RenewedToken> {
    const identity = await findIdentity(this.dataSource, Number(sub));
    if (!identity) throw new DomainError('auth.unauthenticated', 'The identity of this token does not exist any more');
    if (identity.frozen) throw new DomainError('identity.forbidden', 'This identity is frozen');
    if (await isSensorDisabled(this.dataSource, sensorRef)) {
      throw new DomainError('sensor.forbidden', `The sensor ${sensorRef} is switched off`);
    }
    const known = await listClaimedTriggers(this.dataSource, metadata.parse(given).trigger_types);
    const triggers = known.filter((trigger) => isFor(sensorRef, trigger)).map(({ ref }) => ref);
    if (triggers.length === 0) throw new DomainError('sensor.forbidden', 'None of the triggers of this token is left');
    const lifetimeSeconds = Math.min(Math.max(exp - iat, MIN_LIFETIME), MAX_LIFETIME);
    return this.sign({ identityId: identity.id, sensorRef, triggers, lifetimeSeconds });
  }

  private async requireTriggers(caller: Caller, sensorRef: string, refs: readonly string[]): Promise<void> {
    const triggers = new Map((await listClaimedTriggers(this.dataSource, refs)).map((one) => [one.ref, one]));
    for (const trigger of triggers.values()) this.requireRight(caller, trigger);
    for (const ref of refs) {
      const trigger = triggers.get(ref);
      if (!trigger) throw new DomainError('trigger.unprocessable', `There is no trigger ${ref}`);
      if (!isFor(sensorRef, trigger)) {
        throw new DomainError(
          'trigger.unprocessable',
          `The trigger ${ref} belongs to the sensor ${trigger.sensor_ref}`,
        );
      }
    }
  }

  private requireRight(caller: Caller, { id, ref, pack_ref: packRef }: ClaimedTrigger): void {
    // Workers hold no grants: that only they have such a token is their right.
    if (caller.facts.tokenType === 'worker') caller.isChecked = true;
    else this.access.require(caller, operations.createSensorToken, { id, ref, packRef });
  }

  private async identityOf(sensorRef: string): Promise<number> {
    const login = `sensor:${sensorRef}`;
    await insertSensorIdentity(this.dataSource, login, `Sensor ${sensorRef}`);
    const identity = await findIdentityByLogin(this.dataSource, login);
    if (!identity || identity.password_hash !== null) {
      throw new DomainError('identity.unprocessable', `The login ${login} belongs to somebody who is no sensor`);
    }
    if (identity.frozen) throw new DomainError('identity.forbidden', `The identity ${login} is frozen`);
    return identity.id;
  }

  private async sign({ identityId, sensorRef, triggers, lifetimeSeconds }: Issued): Promise<RenewedToken> {
    const token = await this.signer.sign({
      identityId,
      login: sensorRef,
      type: 'sensor',
      scope: 'sensor',
      lifetimeSeconds,
      metadata: { trigger_types: triggers },
    });
    return { token, expires_at: withOffset(new Date(Date.now() + lifetimeSeconds * 1000)) };
  }
}

/** A trigger that no sensor produces in particular is for any. */
const isFor = (sensorRef: string, trigger: ClaimedTrigger): boolean =>
  trigger.sensor_ref === null || trigger.sensor_ref === sensorRef;

/** Full seconds, as in the token, with the offset in digits: that is how sensors were promised it. */
const withOffset = (time: Date): string => time.toISOString().replace(/\.\d+Z$/, '+00:00');
