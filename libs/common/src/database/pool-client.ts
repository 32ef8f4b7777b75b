import pg from 'pg';

/**
 * A connection of the pool whose loss never ends the process. Between the pool, which stops listening when it hands one out, and
 * TypeORM, which begins a moment later, nobody listens; an error that arrives with the last words of the handshake falls in
 * there. Whoever uses the connection is told all the same, and the pool drops it.
 */
export class PoolClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
