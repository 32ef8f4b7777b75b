import { type AccessStep, type Expression } from './ast.js';

/**
 * Every path an expression may read, as far as it is written down: `a.b[0].c` is `a b 0 c`, and `a[key].c` is `a`, because what
 * comes after depends on a value. So whatever is read lies at or below one of these.
 */
export function readPaths(node: Expression): readonly (readonly string[])[] {
  switch (node.type) {
    case 'literal':
      return [];
    case 'name':
      return [[node.name]];
    case 'array':
      return node.items.flatMap(readPaths);
    case 'call':
      return node.args.flatMap(readPaths);
    case 'access': {
      const inner = node.steps.flatMap((step) => (step.type === 'index' ? readPaths(step.index) : []));
      const { target } = node;
      return target.type === 'name'
        ? [[target.name, ...writtenSteps(node.steps)], ...inner]
        : [...readPaths(target), ...inner];
    }
    case 'negate':
    case 'not':
      return readPaths(node.operand);
    case 'logical':
      return node.operands.flatMap(readPaths);
    case 'binary':
      return [node.first, ...node.rest.map(({ right }) => right)].flatMap(readPaths);
  }
}

function writtenSteps(steps: readonly AccessStep[]): readonly string[] {
  const names: string[] = [];
  for (const step of steps) {
    const name = step.type === 'member' ? step.name : writtenIndex(step.index);
    if (name === null) break;
    names.push(name);
  }
  return names;
}

/** Null for anything but a literal key or position; a position from the end is one that depends on a value. */
function writtenIndex(index: Expression): string | null {
  return index.type === 'literal' && (typeof index.value === 'string' || typeof index.value === 'number')
    ? String(index.value)
    : null;
}
