import { type Json, type JsonObject, getOwn, isJsonObject, parseJson, withRawNumbers } from '@attune/engine';

/** What a host is asked for. Hosts write one line of JSON for each line they read; see `hosts/`. */
export interface HostRequest {
  /** Comes back with the answer. */
  readonly call: number;
  /** The file that exports the function. */
  readonly file: string;
  readonly params: JsonObject;
  /** Whether what the function returns is text, not data. */
  readonly isText: boolean;
  /** Variables the execution was created with. */
  readonly variables: Readonly<Record<string, string>>;
  /** `ATTUNE_*` variables of this execution. */
  readonly platform: Readonly<Record<string, string>>;
}

/** What a host answers. */
export interface HostAnswer {
  /** Null: it is no answer to a call but says that the host is ready. */
  readonly call: number | null;
  readonly code: number;
  /** How long (ms) the call took, by the host's own clock; null: it did not say. */
  readonly ms: number | null;
  readonly data?: Json | undefined;
  readonly text?: string | undefined;
  /** The message of what was thrown. */
  readonly error?: string | undefined;
  /** Why there is no data although something was returned. */
  readonly problem?: string | undefined;
  /** There is nothing to call; why. */
  readonly refused?: string | undefined;
  /** The host is about to exit. */
  readonly isLeaving: boolean;
}

/** Asks a host to end by itself. */
export const RETIRE_LINE = '"retire"\n';

export function requestLine({ params, ...rest }: HostRequest): string {
  return `${JSON.stringify({ ...rest, params: withRawNumbers(params) })}\n`;
}

/** @throws Error when this is no answer */
export function parseAnswer(line: string): HostAnswer {
  const answer = parseJson(line);
  if (!isJsonObject(answer)) throw new Error('an answer is an object');
  const { call, code, ms } = answer;
  const text = (name: string): string | undefined => {
    const value = getOwn(answer, name);
    return typeof value === 'string' ? value : undefined;
  };
  return {
    call: typeof call === 'number' ? call : null,
    code: typeof code === 'number' && Number.isInteger(code) ? code & 0xff : 0,
    ms: typeof ms === 'number' && ms >= 0 ? ms : null,
    data: getOwn(answer, 'data'),
    text: text('text'),
    error: text('error'),
    problem: text('problem'),
    refused: text('refused'),
    isLeaving: answer['isLeaving'] === true,
  };
}
