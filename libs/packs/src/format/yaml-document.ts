import { messageOf } from '@attune/common';
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, visit } from 'yaml';

/** Where in a document a value is: keys of maps and indexes of lists, from the outside in. */
export type ValuePath = readonly (string | number)[];

export interface YamlDocument {
  /** The content as plain JSON values; undefined when `problems` is not empty. */
  readonly value: unknown;
  readonly problems: readonly { readonly line: number; readonly error: string }[];
  /** Line of the key (or list entry) at `path`, or of the closest thing around it that exists. */
  lineOf(path: ValuePath): number;
}

/** Larger files are refused unread: nobody writes them by hand, and parsing costs memory many times their size. */
export const MAX_YAML_BYTES = 1024 * 1024;

/** How many values the aliases of a file may stand for: more is a "billion laughs" attack. */
const MAX_ALIASED_VALUES = 1_000;

/** Reads the text of one YAML 1.2 file that holds one document. Never throws. */
export function parseYaml(text: string): YamlDocument {
  const lines = new LineCounter();
  const found = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    stringKeys: true,
  });
  // An empty file gives an empty array that carries no document.
  const documents: readonly Document.Parsed[] = 'empty' in found ? [] : found;
  const [document, second] = documents;
  const lineAt: LineAt = (offset) => Math.max(lines.linePos(offset ?? 0).line, 1);
  const lineOf = (path: ValuePath): number => (document ? lineInside(document, path, lineAt) : 1);
  if (!document) return { value: undefined, problems: [{ line: 1, error: 'the file is empty' }], lineOf };

  const problems = [...syntaxProblems(document, lineAt), ...secondDocument(second, lineAt)];
  if (problems.length > 0) return { value: undefined, problems, lineOf };
  try {
    return { value: document.toJS({ maxAliasCount: MAX_ALIASED_VALUES }), problems, lineOf };
  } catch (error) {
    return { value: undefined, problems: [{ line: 1, error: `not valid YAML: ${messageOf(error)}` }], lineOf };
  }
}

type LineAt = (offset: number | undefined) => number;

function syntaxProblems(document: Document.Parsed, lineAt: LineAt): { line: number; error: string }[] {
  // A warning is a tag nobody understands: the value would not be what its author meant.
  const problems = [...document.errors, ...document.warnings].map((issue) => ({
    line: lineAt(issue.pos[0]),
    error: `not valid YAML: ${issue.message}`,
  }));
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) !== undefined) return;
      problems.push({ line: lineAt(alias.range?.[0]), error: `not valid YAML: there is no anchor &${alias.source}` });
    },
  });
  return problems;
}

function secondDocument(second: Document.Parsed | undefined, lineAt: LineAt): { line: number; error: string }[] {
  if (!second) return [];
  const line = lineAt((second.contents ?? second).range[0]);
  return [{ line, error: 'a file holds one document, this is a second one' }];
}

function lineInside(document: Document.Parsed, path: ValuePath, lineAt: LineAt): number {
  let node: Node | null = document.contents;
  let line = lineAt(node?.range?.[0]);
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document) ?? null;
    let next: Node | null = null;
    if (isMap<Node, Node | null>(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (!pair) return line;
      line = lineAt(pair.key.range?.[0]);
      next = pair.value;
    } else if (isSeq<Node>(node) && typeof step === 'number') {
      next = node.items[step] ?? null;
      if (next === null) return line;
      line = lineAt(next.range?.[0]);
    }
    node = next;
  }
  return line;
}
