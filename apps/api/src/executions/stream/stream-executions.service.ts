import { DomainError, findExecution } from '@attune/common';
import { operations } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessService } from '../../access/access.service.js';
import { AuthenticationService } from '../../access/authentication.service.js';
import { type Caller } from '../../access/caller.js';
import { EventStream } from '../../http/event-stream.js';
import { type HttpExchange } from '../../http/exchange.js';
import { TokenRejected } from '../../http/rejections.js';
import { EXECUTION_COLUMNS, executionTarget } from '../execution-access.js';
import { showExecutionChange } from './execution-change.js';
import { ExecutionFeed } from './execution-feed.service.js';

/** Time (ms) between two looks whether the token of a stream still holds, and with which rights. */
const TOKEN_CHECK_MS = 5_000;

export interface FollowRequest {
  readonly caller: Caller;
  /** Undefined: every execution the caller may read. */
  readonly executionId: number | undefined;
  readonly http: HttpExchange;
}

/** Lets clients follow executions for as long as their token holds. Each change is shown only to who may read its execution. */
@Injectable()
export class StreamExecutionsService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(AuthenticationService) private readonly authentication: AuthenticationService,
    @Inject(ExecutionFeed) private readonly feed: ExecutionFeed,
  ) {}

  /** @throws DomainError 403 */
  async open({ caller, executionId, http }: FollowRequest): Promise<EventStream> {
    await this.requireRight(caller, executionId);
    const stream = new EventStream(http.closed);
    const reader = { caller };
    const unsubscribe = this.feed.subscribe({
      executionId: executionId ?? null,
      hear: (announcement, execution) => {
        const target = executionTarget(execution);
        if (!this.access.may(reader.caller, operations.streamExecutions, target)) return;
        stream.send({ data: showExecutionChange(announcement, execution) });
      },
      end: () => stream.end(),
    });
    const checks = setInterval(() => void this.renew(reader, http, stream), TOKEN_CHECK_MS);
    stream.closed.addEventListener('abort', () => {
      clearInterval(checks);
      unsubscribe();
    });
    return stream;
  }

  private async requireRight(caller: Caller, executionId: number | undefined): Promise<void> {
    const { tokenType, executionId: own } = caller.facts;
    if (tokenType === 'execution' && executionId !== own) {
      throw new DomainError('permission.forbidden', 'An execution may follow itself only: send its execution_id');
    }
    this.access.visible(caller, operations.streamExecutions, EXECUTION_COLUMNS);
    const execution = executionId === undefined ? null : await findExecution(this.dataSource, executionId);
    if (execution === null) return;
    this.access.require(caller, operations.streamExecutions, executionTarget(execution));
  }

  /** Rights are read anew, as with every request; a token that has expired, or whose owner is frozen, ends the stream. */
  private async renew(reader: { caller: Caller }, http: HttpExchange, stream: EventStream): Promise<void> {
    try {
      reader.caller = await this.authentication.authenticate(operations.streamExecutions, http);
    } catch (error) {
      // While the database is away nothing can be said about the token, and nothing is sent either.
      if (error instanceof TokenRejected || error instanceof DomainError) stream.end();
    }
  }
}
