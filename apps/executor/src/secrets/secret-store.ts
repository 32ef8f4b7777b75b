import { openValues, SecretBox, type SecretEntityType } from '@attune/common';
import { type Json, type JsonObject, redactForeignSecrets, type SecretValue, withRawNumbers } from '@attune/engine';
import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { insertSecretValues } from './sql/insert-secret-values.sql.js';
import { listSecretValues } from './sql/list-secret-values.sql.js';

/** Where a secret came from that somebody put into parameters. */
export interface SecretSource {
  readonly kind: 'pack_config';
  /** The pack. */
  readonly ref: string;
}

/** A secret with its source; missing or null: it was given as a parameter that is secret. */
export interface SourcedSecret extends SecretValue {
  readonly source?: SecretSource | null;
}

/** Parameters ready to be stored: without secrets, null when there are none. */
export interface StorableParameters {
  readonly redacted: JsonObject | null;
  readonly secrets: readonly SourcedSecret[];
}

/** Values that are secret because of where they came from, whatever the schema says about the parameter they stand in. */
export interface ForeignSecrets {
  /** JSON pointers into the parameters. */
  readonly pointers: readonly string[];
  readonly source: SecretSource;
}

/** Keeps the values a schema marks secret apart from the parameters they came in, encrypted. */
@Injectable()
export class SecretStore {
  constructor(private readonly box: SecretBox) {}

  /** The same for equal texts; tells nothing about a secret in them. */
  fingerprint(text: string): string {
    return this.box.fingerprint(text);
  }

  /** What is sealed inside parameters or a configuration, decrypted. @throws SecretBoxError */
  openValues(values: JsonObject): JsonObject {
    return openValues(this.box, values);
  }

  redact(schema: Json, parameters: JsonObject | null, { pointers, source }: ForeignSecrets): StorableParameters {
    if (parameters === null || Object.keys(parameters).length === 0) return { redacted: null, secrets: [] };
    const { redacted, secrets, foreign } = redactForeignSecrets(schema, parameters, pointers);
    return {
      redacted: withRawNumbers(redacted) as JsonObject,
      secrets: secrets.map((secret) => ({ ...secret, source: foreign.includes(secret.pointer) ? source : null })),
    };
  }

  async store(
    db: EntityManager,
    entityType: SecretEntityType,
    entities: readonly { readonly entityId: number; readonly secrets: readonly SourcedSecret[] }[],
  ): Promise<void> {
    const values = entities.flatMap(({ entityId, secrets }) =>
      secrets.map(({ pointer, value, source }) => ({
        entity_id: entityId,
        json_path: pointer,
        source_kind: source?.kind ?? null,
        source_ref: source?.ref ?? null,
        encrypted_value: this.box.seal(withRawNumbers(value)),
      })),
    );
    await insertSecretValues(db, entityType, this.box.keyHash, values);
  }

  /**
   * The secrets of executions or enforcements, decrypted, by id. They must not leave the process.
   *
   * @throws SecretBoxError when one was sealed with another key
   */
  async open(
    db: EntityManager,
    entityType: SecretEntityType,
    ids: readonly number[],
  ): Promise<ReadonlyMap<number, readonly SecretValue[]>> {
    if (ids.length === 0) return new Map();
    const stored = await listSecretValues(db, entityType, ids);
    const opened = stored.map(({ entityId, pointer, sealed }) => ({
      entityId,
      secret: { pointer, value: this.box.open(sealed) as Json },
    }));
    const groups = Map.groupBy(opened, ({ entityId }) => entityId);
    return new Map([...groups].map(([id, group]) => [id, group.map(({ secret }) => secret)]));
  }
}
