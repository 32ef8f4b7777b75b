import { Buffer } from 'node:buffer';
import { contentProblem } from './content-limits.js';

/** What common file systems take (bytes). */
const MAX_SEGMENT_BYTES = 255;
/** Leaves room for the directory the pack is put into. */
const MAX_PATH_BYTES = 1024;
const MAX_DEPTH = 32;

/** Longest name of an entry in a message: it is whatever somebody sent. */
const SHOWN_CHARACTERS = 100;

/** An entry's name for a message, on one line and without what a terminal would obey. */
export function shownName(name: string): string {
  // eslint-disable-next-line no-control-regex -- these are what has to go
  const plain = name.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '\uFFFD');
  return plain.length > SHOWN_CHARACTERS ? `${plain.slice(0, SHOWN_CHARACTERS)}…` : plain;
}

/**
 * The path of an entry below the directory it is put into, with `/` and without `.` steps; null: that directory itself.
 *
 * @throws DomainError for a name that could lead anywhere else or that not every file system keeps as it is
 */
export function entryPath(name: string): string | null {
  const refuse = (reason: string): never => {
    throw contentProblem(`the name '${shownName(name)}' ${reason}`);
  };
  if (name.includes('\uFFFD')) refuse('is not valid UTF-8');
  // eslint-disable-next-line no-control-regex -- NUL ends a name for the operating system, the others have no business in one
  if (/[\u0000-\u001f\u007f]/.test(name)) refuse('holds a control character');
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) refuse('is an absolute path');
  if (name.includes('\\')) refuse('holds a backslash');
  const segments = name.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.includes('..')) refuse('leads out of the pack');
  if (segments.length > MAX_DEPTH) refuse(`is nested deeper than ${MAX_DEPTH} directories`);
  if (segments.some((segment) => Buffer.byteLength(segment) > MAX_SEGMENT_BYTES)) refuse('is too long');
  const path = segments.join('/');
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) refuse('is too long');
  return path === '' ? null : path;
}
