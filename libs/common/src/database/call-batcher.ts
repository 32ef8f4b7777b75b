export interface CallBatcherOptions<Item, Result> {
  /** Does what is asked for all items at once; gives one result for each, in their order. */
  readonly run: (items: readonly Item[]) => Promise<readonly Result[]>;
  /** Items in one call at most. */
  readonly maxItems: number;
  /** Whether an error may be the fault of one item. Then each is tried alone, so that the others do not fail with it. */
  readonly isAboutItem?: (error: unknown) => boolean;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Makes one call of those that are asked for while another one is under way: group commit. Nobody waits for company: on an
 * idle system an item goes alone and at once, and the more come, the more share one round trip and one commit.
 */
export class CallBatcher<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private isRunning = false;

  constructor(private readonly options: CallBatcherOptions<Item, Result>) {}

  /** Resolves with the result of this item when its call is done; rejects with the call's error. */
  add(item: Item): Promise<Result> {
    const result = new Promise<Result>((resolve, reject) => this.waiting.push({ item, resolve, reject }));
    if (!this.isRunning) void this.runAll();
    return result;
  }

  private async runAll(): Promise<void> {
    this.isRunning = true;
    while (this.waiting.length > 0) await this.settle(this.waiting.splice(0, this.options.maxItems));
    this.isRunning = false;
  }

  private async settle(group: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.options.run(group.map(({ item }) => item));
      group.forEach(({ resolve, reject }, index) => {
        if (index < results.length)
          resolve(results[index] as Result); // in range
        else reject(new Error(`a call for ${group.length} items gave ${results.length} results`));
      });
    } catch (error) {
      if (group.length > 1 && this.options.isAboutItem?.(error) === true) {
        for (const one of group) await this.settle([one]);
      } else {
        for (const { reject } of group) reject(error);
      }
    }
  }
}
