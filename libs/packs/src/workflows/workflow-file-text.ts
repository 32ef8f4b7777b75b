import { type JsonObject } from '@attune/engine';
import { parseDocument, stringify } from 'yaml';
import { type WorkflowSpec } from './workflow-file.js';

/** What is said about a workflow beside its graph. */
export type WorkflowFacts = Pick<
  WorkflowSpec,
  'ref' | 'label' | 'description' | 'version' | 'tags' | 'param_schema' | 'out_schema'
>;

/** Keys of a file that stand for these facts; in a graph they give way to them. */
const FACT_KEYS = ['ref', 'label', 'description', 'version', 'tags', 'parameters', 'output'];

/** The text of a workflow file, the facts first and then the graph as it was given. */
export function workflowFileText(facts: WorkflowFacts, graph: JsonObject): string {
  const rest = Object.entries(graph).filter(([key]) => !FACT_KEYS.includes(key));
  const content = { ...factKeys(facts), version: facts.version, ...Object.fromEntries(rest) };
  return stringify({ ref: facts.ref, ...content }, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** The text of the file of its action with the same facts; everything else in it, comments too, stays. */
export function actionFileText(text: string, facts: WorkflowFacts): string {
  const document = parseDocument(text);
  const keys = factKeys(facts);
  for (const key of ['label', 'description', 'tags', 'parameters', 'output']) {
    if (key in keys) document.set(key, keys[key]);
    else document.delete(key);
  }
  // The other spelling would win over nothing, but confuse whoever reads the file.
  document.delete('output_schema');
  return document.toString({ lineWidth: 0 });
}

/** What there is to say; an empty value is left out. */
function factKeys({
  label,
  description,
  tags,
  param_schema,
  out_schema,
}: WorkflowFacts): Readonly<Record<string, unknown>> {
  return {
    label,
    ...(description !== null && { description }),
    ...(tags.length > 0 && { tags }),
    ...(param_schema !== null && { parameters: param_schema }),
    ...(out_schema !== null && { output: out_schema }),
  };
}
