import { assertExecutable, findProgram, isDirectory, locateActionFile } from './locate-action.js';

/** How long (ms) what was found is believed, as with the files of functions. */
const FRESH_MS = 250;

/**
 * Finds the files and programs of actions, looking for each a few times a second at most: for a short process the looking would be a
 * good part of the work. What is not there is looked for every time.
 */
export class ActionFiles {
  private readonly found = new Map<string, Promise<unknown>>();
  private until = 0;

  /** See `locateActionFile`. */
  locate(packDir: string, entryPoint: string): Promise<string> {
    return this.remember(`file\0${packDir}\0${entryPoint}`, () => locateActionFile(packDir, entryPoint));
  }

  /** See `assertExecutable`. */
  async assertExecutable(file: string): Promise<void> {
    await this.remember(`executable\0${file}`, async () => {
      await assertExecutable(file);
      return true;
    });
  }

  /** See `findProgram`. */
  findProgram(program: string, path: string, base: string): Promise<string | null> {
    return this.remember(`program\0${program}\0${path}\0${base}`, () => findProgram(program, path, base));
  }

  isDirectory(path: string): Promise<boolean> {
    return this.remember(`directory\0${path}`, () => isDirectory(path));
  }

  private remember<Found>(key: string, look: () => Promise<Found>): Promise<Found> {
    const now = performance.now();
    if (now >= this.until) {
      this.found.clear();
      this.until = now + FRESH_MS;
    }
    const known = this.found.get(key);
    if (known !== undefined) return known as Promise<Found>; // the key tells what was looked for
    const looking = look();
    this.found.set(key, looking);
    const forget = (): void => {
      if (this.found.get(key) === looking) this.found.delete(key);
    };
    void looking.then((found) => found || forget(), forget);
    return looking;
  }
}
