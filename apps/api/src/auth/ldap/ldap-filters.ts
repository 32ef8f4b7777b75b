import { escapeFilter } from 'ldapts';

/**
 * Puts values into a filter of the configuration: `{login}`, `{dn}`. They are escaped, and what is put in is not looked at
 * again, so nothing a person types becomes part of the filter itself.
 */
export const fillFilter = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replace(/\{(login|dn)\}/g, (placeholder, name: string) => {
    const value = values[name];
    return value === undefined ? placeholder : escapeFilter`${value}`;
  });
