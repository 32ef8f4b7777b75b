import { type Logger } from '../../logging/logger.js';

/** What is wrong with the broker: cannot be reached, does not let us in, takes nothing at the moment, or does not do what we ask. */
export type OutageKind = 'away' | 'login' | 'blocked' | 'refused';

/** Tells of an outage once for each kind of trouble, however many connections notice it and however often they try again. */
export class OutageLog {
  private readonly told = new Set<OutageKind>();

  constructor(
    private readonly logger: Logger,
    private readonly broker: string,
  ) {}

  begins(kind: OutageKind, reason: string): void {
    if (this.told.has(kind)) return;
    this.told.add(kind);
    const fields = { broker: this.broker, reason };
    this.logger.warn(fields, 'no message broker; messages wait in the database until it is there');
  }

  /** Says that the broker is there again when no trouble of another kind is left. */
  ends(...kinds: readonly OutageKind[]): void {
    const ended = kinds.filter((kind) => this.told.delete(kind));
    if (ended.length === 0 || this.told.size > 0) return;
    this.logger.info({ broker: this.broker }, 'the message broker is there again');
  }
}
