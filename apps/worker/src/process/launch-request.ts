/** A process to start. It leads a group and a session of its own. */
export interface LaunchRequest {
  /** Absolute path of the file to execute. */
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** A file; null = it is empty. Like the pipes it loses its name as soon as it is open. */
  readonly stdin: string | null;
  /** A named pipe whose other end is open already. */
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface LaunchedProcess {
  /** Null: the launcher died before it said so; the process may have been started or not. */
  readonly pid: number | null;
  /** Null: the launcher died first, and nobody knows the end any more. */
  readonly exited: Promise<ProcessExit | null>;
}
