/**
 * Refs name packs and their components. A pack ref is one identifier (`core`), a component ref is `pack.name` (`core.echo`).
 */

/** What a ref names. Everything but `pack`, `queue` and `key` is a component: exactly one dot. */
export type RefKind =
  | 'pack'
  | 'action'
  | 'trigger'
  | 'sensor'
  | 'rule'
  | 'runtime'
  | 'permission_set'
  | 'policy'
  | 'workflow'
  | 'queue'
  | 'key';

/**
 * `characters`: a sign no ref may hold. `form`: right signs in the wrong arrangement (no dot, two dots, an empty part, capitals).
 * The API answers them with different status codes.
 */
export interface RefProblem {
  readonly type: 'characters' | 'form';
  readonly message: string;
}

/** Longest ref, in characters. */
export const MAX_REF_LENGTH = 255;

const ALLOWED_CHARACTERS = /^[A-Za-z0-9._-]*$/;
const PACK_REF = /^[a-z][a-z0-9_-]+$/;
const COMPONENT_REF = /^[a-z0-9_-]+\.[a-z0-9_-]+$/;
const QUEUE_REF = /^[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)*$/;
const KEY_REF = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/;

/** What is wrong with a ref of that kind, or null when it is right. */
export function refProblem(kind: RefKind, ref: string): RefProblem | null {
  const name = kind.replace('_', ' ');
  if (!ALLOWED_CHARACTERS.test(ref)) {
    return { type: 'characters', message: `The ${name} ref '${ref}' may only hold letters, digits, '.', '_' and '-'` };
  }
  if (ref.length > MAX_REF_LENGTH) {
    return { type: 'form', message: `The ${name} ref is longer than ${MAX_REF_LENGTH} characters` };
  }
  const { pattern, rule } = formOf(kind);
  return pattern.test(ref) ? null : { type: 'form', message: `The ${name} ref '${ref}' must be ${rule}` };
}

export function isRef(kind: RefKind, ref: string): boolean {
  return refProblem(kind, ref) === null;
}

function formOf(kind: RefKind): { pattern: RegExp; rule: string } {
  switch (kind) {
    case 'pack':
      return { pattern: PACK_REF, rule: 'two or more of a-z, 0-9, _ and -, starting with a letter' };
    case 'queue':
      return { pattern: QUEUE_REF, rule: "lower-case parts joined by '.', starting with a letter" };
    case 'key':
      return { pattern: KEY_REF, rule: "lower-case parts joined by '.'" };
    default:
      return { pattern: COMPONENT_REF, rule: "lower-case and of the form 'pack.name'" };
  }
}

/** The two halves of a component ref; null when it is not one. */
export function parseComponentRef(ref: string): { readonly pack: string; readonly name: string } | null {
  if (!COMPONENT_REF.test(ref)) return null;
  const dot = ref.indexOf('.');
  return { pack: ref.slice(0, dot), name: ref.slice(dot + 1) };
}

/** Everything before the first dot: the pack of a component, or the ref itself. */
export function packOf(ref: string): string {
  const dot = ref.indexOf('.');
  return dot < 0 ? ref : ref.slice(0, dot);
}

/** Completes a short ref (no dot) with the pack it was written in. */
export function qualifyRef(pack: string, ref: string): string {
  return ref.includes('.') ? ref : `${pack}.${ref}`;
}

/** The label of a component that states none: its name with spaces and capitals (`core.http_request` → `Http Request`). */
export function labelOf(ref: string): string {
  return ref
    .slice(ref.indexOf('.') + 1)
    .split('_')
    .filter((word) => word !== '')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
}
