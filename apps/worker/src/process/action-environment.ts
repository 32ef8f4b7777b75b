import { type EnvironmentVariable } from '../runtimes/execution-config.js';
import { type TemplateValues, renderTemplate } from './command-template.js';

const INHERITED = new Set(['PATH', 'HOME', 'USER', 'LANG', 'TZ', 'TMPDIR', 'SHELL']);
const LOCALE = /^LC_/;
const PLATFORM = /^ATTUNE_/;

type Variables = Record<string, string>;

/** The worker's own variables that an action may see: a fixed list, locales, and those the operator names in `passed`. */
export function inheritedVariables(own: NodeJS.ProcessEnv, passed: readonly string[]): Variables {
  const isAllowed = (name: string): boolean => INHERITED.has(name) || LOCALE.test(name) || passed.includes(name);
  return Object.fromEntries(
    Object.entries(own).filter((entry): entry is [string, string] => isAllowed(entry[0]) && entry[1] !== undefined),
  );
}

export interface EnvironmentParts {
  readonly inherited: Readonly<Variables>;
  readonly platform: Readonly<Variables>;
  readonly runtime: Readonly<Record<string, EnvironmentVariable>>;
  readonly execution: Readonly<Variables>;
  readonly templateValues: TemplateValues;
}

/** Later parts win, except that nobody overrides an `ATTUNE_*` variable of the platform. */
export function actionEnvironment({
  inherited,
  platform,
  runtime,
  execution,
  templateValues,
}: EnvironmentParts): Variables {
  const variables: Variables = { ...inherited };
  for (const [name, variable] of Object.entries(runtime)) {
    if (PLATFORM.test(name)) continue;
    variables[name] = combine(variables[name], variable, renderTemplate(variable.value, templateValues));
  }
  for (const [name, value] of Object.entries(execution)) {
    if (!PLATFORM.test(name)) variables[name] = value;
  }
  return { ...variables, ...platform };
}

function combine(current: string | undefined, { operation, separator }: EnvironmentVariable, value: string): string {
  if (operation === 'set' || current === undefined || current === '') return value;
  return operation === 'prepend' ? value + separator + current : current + separator + value;
}
