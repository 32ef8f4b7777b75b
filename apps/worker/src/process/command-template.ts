/** What `{name}` stands for in a runtime's commands and variables. */
export interface TemplateValues {
  readonly pack_dir: string;
  readonly env_dir: string;
  readonly interpreter: string;
  readonly manifest_path: string;
  readonly action_file: string;
}

const PLACEHOLDER = /\{(\w+)\}/g;

/** Replaces the known placeholders; anything else in braces stays as it is. */
export function renderTemplate(template: string, values: TemplateValues): string {
  const known = new Map<string, string>(Object.entries(values));
  return template.replace(PLACEHOLDER, (text, name: string) => known.get(name) ?? text);
}
