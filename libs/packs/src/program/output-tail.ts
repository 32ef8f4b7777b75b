/** Keeps the end of what a program prints: that is where results and reasons stand. */
export class OutputTail {
  private readonly chunks: Buffer[] = [];
  private bytes = 0;

  constructor(private readonly limitBytes: number) {}

  write(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    while (this.bytes - (this.chunks[0]?.length ?? 0) >= this.limitBytes) {
      this.bytes -= this.chunks.shift()?.length ?? 0;
    }
  }

  /** Without NUL, which no stored text may hold. */
  text(): string {
    const kept = Buffer.concat(this.chunks);
    return kept
      .subarray(Math.max(0, kept.length - this.limitBytes))
      .toString('utf8')
      .replaceAll('\0', '\uFFFD');
  }
}
