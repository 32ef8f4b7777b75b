import { type JsonObject } from '@attune/engine';
import { shellQuote, shellValue } from './parameter-text.js';

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Variables bash refuses to assign or gives a meaning of their own: a parameter must not change how the script runs. */
const SHELL_OWN = new Set(
  (
    'BASH BASHOPTS BASHPID BASH_ENV BASH_VERSINFO BASH_VERSION CDPATH DIRSTACK ENV EUID FUNCNAME GROUPS IFS LINENO OPTARG OPTERR ' +
    'OPTIND POSIXLY_CORRECT PPID PS4 PWD OLDPWD RANDOM SECONDS SHELLOPTS SHLVL SRANDOM UID _'
  ).split(' '),
);

/**
 * Assignments put before an inline shell source: each parameter as `PARAM_<NAME>` and under its own name, not exported. A name the
 * shell or the environment already uses (`PATH`, `HOME`, `IFS`) is left alone, because assigning an exported variable would hand the
 * value to every child; such a parameter is there as `PARAM_<NAME>` only.
 */
export function shellPreamble(parameters: JsonObject, environment: Readonly<Record<string, string>>): string {
  const lines = Object.entries(parameters)
    .filter(([name]) => IDENTIFIER.test(name))
    .flatMap(([name, value]) => {
      const text = shellQuote(shellValue(value));
      const prefixed = `PARAM_${name.toUpperCase()}`;
      const isTaken = SHELL_OWN.has(name) || Object.hasOwn(environment, name);
      const unset = Object.hasOwn(environment, prefixed) ? [`unset -v ${prefixed}`] : [];
      return [...unset, `${prefixed}=${text}`, ...(isTaken ? [] : [`${name}=${text}`])];
    });
  return lines.map((line) => `${line}\n`).join('');
}
