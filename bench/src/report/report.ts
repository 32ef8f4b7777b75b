import { writeFile } from 'node:fs/promises';

/** Prints while it goes, and keeps the raw figures for a file. */
export class Report {
  /** Of everything that can be compared: how much a second. */
  readonly rates = new Map<string, number>();
  private readonly figures: unknown[] = [];

  constructor(private readonly jsonPath: string | null) {}

  section(title: string): void {
    console.log(`\n${title}`);
  }

  line(name: string, value: string): void {
    console.log(`  ${name.padEnd(NAME_WIDTH)} ${value}`);
  }

  rate(name: string, perSecond: number): void {
    this.rates.set(name, perSecond);
  }

  /** Figures of one measurement for the file. */
  keep(kind: string, figures: object): void {
    this.figures.push({ kind, ...figures });
  }

  async save(): Promise<void> {
    if (this.jsonPath === null) return;
    const content = { rates: Object.fromEntries(this.rates), measurements: this.figures };
    await writeFile(this.jsonPath, `${JSON.stringify(content, null, 2)}\n`);
  }
}

const NAME_WIDTH = 56;
