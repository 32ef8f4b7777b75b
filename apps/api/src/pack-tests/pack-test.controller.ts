import { operations, type PackTestExecution, type PackTestResult, type Page } from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { countedPage, pageRequest } from '../http/reply.js';
import { PackTestsService } from './pack-tests.service.js';
import { showPackTest, showTestResult } from './show-pack-test.js';

@Controller()
export class PackTestController {
  constructor(@Inject(PackTestsService) private readonly tests: PackTestsService) {}

  @Operation(operations.testPack)
  async test({ caller, params, http }: InputOf<typeof operations.testPack>): Promise<PackTestResult> {
    return showTestResult(await this.tests.test(caller, params.ref, http.closed));
  }

  @Operation(operations.listPackTests)
  async list({ caller, params, query }: InputOf<typeof operations.listPackTests>): Promise<Page<PackTestExecution>> {
    return countedPage(query, await this.tests.list(caller, params.ref, pageRequest(query)), showPackTest);
  }

  @Operation(operations.getLatestPackTest)
  async latest({ caller, params }: InputOf<typeof operations.getLatestPackTest>): Promise<PackTestExecution> {
    return showPackTest(await this.tests.latest(caller, params.ref));
  }
}
