import { relative } from 'node:path';

/** A path as a person would type it here: relative when it is below the current folder. */
export function displayPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short === '' || short.startsWith('..') ? path : short;
}
