import { type KeyEntity, SecretBox, type StoredKeyValue } from '@attune/common';
import { type Json, withRawNumbers } from '@attune/engine';
import { Inject, Injectable } from '@nestjs/common';

/** Turns values of keys into what is stored and back. */
@Injectable()
export class KeyValues {
  constructor(@Inject(SecretBox) private readonly box: SecretBox) {}

  stored(value: Json, encrypted: boolean): StoredKeyValue {
    if (!encrypted) return { encryption_key_hash: null, value };
    return { encryption_key_hash: this.box.keyHash, value: this.box.seal(withRawNumbers(value)) };
  }

  /**
   * In plain text.
   * @throws SecretBoxError when the value was encrypted with a key that is not configured
   */
  open({ encrypted, value }: Pick<KeyEntity, 'encrypted' | 'value'>): Json {
    const opened = encrypted ? this.box.open(String(value)) : value;
    return withRawNumbers(opened as Json); // what is stored is JSON
  }
}
