import { pino, type Logger as PinoLogger } from 'pino';
import { type Config } from '../config/config.schema.js';

/** Structured log: `log.info({ executionId }, 'execution finished')` — constant message, data as fields. */
export type Logger = PinoLogger;

/** Fields that may hold a secret wherever they stand. */
const REDACTED = [
  'password',
  'token',
  'access_token',
  'refresh_token',
  'authorization',
  'cookie',
  'secret',
  'jwtSecret',
];

/** The log of one service. Errors are given as field `err`, so that their stack and cause are kept. */
export function createLogger(service: string, { level, format }: Config['log']): Logger {
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: REDACTED.flatMap((name) => [name, `*.${name}`, `req.headers.${name}`]), censor: '***' },
    ...(format === 'pretty' ? { transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname' } } } : {}),
  });
}
