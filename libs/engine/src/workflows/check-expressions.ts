import { type Expression } from '../expression/ast.js';
import { ExpressionError } from '../expression/expression-error.js';
import { FUNCTION_NAMES } from '../expression/functions.js';
import { parseExpression } from '../expression/parser.js';
import { readPaths } from '../expression/read-paths.js';
import { hasTemplate, parseTemplate } from '../expression/template.js';
import { isJsonArray, isJsonObject, type Json } from '../json.js';
import { type Findings } from './field-reader.js';
import { type WorkflowProblem } from './workflow-definition.js';

type Path = WorkflowProblem['path'];

/** What expressions of a workflow may name. */
export interface KnownNames {
  /** Null: not known. */
  readonly parameters: ReadonlySet<string> | null;
  /** Declared, or published by some transition. */
  readonly variables: ReadonlySet<string>;
  readonly tasks: ReadonlySet<string>;
}

/** What may be named at one place, beside what may be named everywhere. */
export interface Place {
  /** `item` and `index`. */
  readonly hasItem?: boolean;
  /** `result()`, `succeeded()`, `failed()`, `timed_out()`. */
  readonly hasOutcome?: boolean;
  /** Nothing has run yet: neither tasks nor variables are there. */
  readonly isStart?: boolean;
}

const FUNCTIONS: ReadonlySet<string> = new Set(FUNCTION_NAMES);
const OUTCOME_FUNCTIONS: ReadonlySet<string> = new Set(['result', 'succeeded', 'failed', 'timed_out']);
const VARIABLES: ReadonlySet<string> = new Set(['workflow', 'vars', 'variables']);
const TASKS: ReadonlySet<string> = new Set(['task', 'tasks']);
/** Whose content is known only at run time. */
const OPAQUE: ReadonlySet<string> = new Set(['config', 'keystore', 'system']);

/** Notes what is wrong with expressions: what cannot be read, unknown functions and unknown names. */
export class ExpressionChecker {
  constructor(
    private readonly names: KnownNames,
    private readonly findings: Findings,
  ) {}

  /** Templates in any text of a value, at any depth. */
  template(value: Json, path: Path, place: Place = {}): void {
    if (typeof value === 'string') this.text(value, path, place);
    else if (isJsonArray(value)) value.forEach((item, index) => this.template(item, [...path, index], place));
    else if (isJsonObject(value)) {
      for (const [key, item] of Object.entries(value)) this.template(item, [...path, key], place);
    }
  }

  /** One expression, bare or in `{{ }}`. */
  condition(source: string, path: Path, place: Place = {}): void {
    if (hasTemplate(source)) this.text(source, path, place);
    else this.expression(source, path, place);
  }

  private text(text: string, path: Path, place: Place): void {
    if (!hasTemplate(text)) return;
    const parts = this.attempt(path, () => parseTemplate(text)) ?? [];
    for (const part of parts) if (part.type === 'expression') this.expression(part.source, path, place);
  }

  private expression(source: string, path: Path, place: Place): void {
    const expression = this.attempt(path, () => parseExpression(source));
    if (expression === null) return;
    for (const name of calledFunctions(expression)) this.call(name, path, place);
    for (const [root = '', next] of readPaths(expression)) this.name(root, next, path, place);
  }

  private call(name: string, path: Path, { hasOutcome = false }: Place): void {
    if (!FUNCTIONS.has(name)) this.problem(path, `unknown function '${name}'`);
    else if (OUTCOME_FUNCTIONS.has(name) && !hasOutcome) {
      this.problem(path, `${name}() can only be used in the transitions of a task and in on_error`);
    }
  }

  private name(root: string, next: string | undefined, path: Path, place: Place): void {
    if (OPAQUE.has(root)) return;
    if (root === 'parameters') {
      this.parameter(next, path);
    } else if (root === 'item' || root === 'index') {
      if (place.hasItem !== true) this.problem(path, `'${root}' is there only for the items of with_items`);
    } else if (place.isStart === true) {
      this.problem(path, `'${root}' is not there yet when variables get their first value`);
    } else if (TASKS.has(root)) {
      if (next !== undefined && !this.names.tasks.has(next)) this.problem(path, `there is no task '${next}'`);
    } else if (VARIABLES.has(root)) {
      if (next !== undefined && !this.names.variables.has(next)) this.problem(path, unknownVariable(next));
    } else if (!this.names.variables.has(root)) {
      this.problem(path, this.unknownName(root));
    }
  }

  private parameter(name: string | undefined, path: Path): void {
    const { parameters } = this.names;
    if (name === undefined || parameters === null || parameters.has(name)) return;
    this.findings.warnings.push({ path, message: `the workflow declares no parameter '${name}'` });
  }

  private unknownName(name: string): string {
    return this.names.parameters?.has(name) === true
      ? `'${name}' is a parameter: write parameters.${name}`
      : unknownVariable(name);
  }

  private problem(path: Path, message: string): void {
    this.findings.problems.push({ path, message });
  }

  private attempt<T>(path: Path, read: () => T): T | null {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      this.problem(path, error.message);
      return null;
    }
  }
}

const unknownVariable = (name: string): string => `nothing declares or publishes a variable '${name}'`;

/** Names of all functions an expression calls, at any depth. */
function calledFunctions(node: Expression): readonly string[] {
  switch (node.type) {
    case 'literal':
    case 'name':
      return [];
    case 'array':
      return node.items.flatMap(calledFunctions);
    case 'call':
      return [node.name, ...node.args.flatMap(calledFunctions)];
    case 'access': {
      const indexes = node.steps.flatMap((step) => (step.type === 'index' ? calledFunctions(step.index) : []));
      return [...calledFunctions(node.target), ...indexes];
    }
    case 'negate':
    case 'not':
      return calledFunctions(node.operand);
    case 'logical':
      return node.operands.flatMap(calledFunctions);
    case 'binary':
      return [node.first, ...node.rest.map(({ right }) => right)].flatMap(calledFunctions);
  }
}
