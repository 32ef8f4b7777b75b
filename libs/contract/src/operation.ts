import { z } from 'zod';
import { type RbacAction, type RbacResource } from './models/permissions.js';
import { type TokenType } from './models/auth.js';
import { capped, int64 } from './fields.js';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export const MEBIBYTE = 1024 * 1024;

/**
 * Who may call: token types, `refresh` (the refresh token is in the body or a cookie), `webhook-key` (the path is the
 * secret), `oidc-cookies` (those of a login under way), `agent-bootstrap-token` (in a header of its own) or `none`.
 */
export type OperationAuth =
  readonly TokenType[] | 'refresh' | 'webhook-key' | 'oidc-cookies' | 'agent-bootstrap-token' | 'none';

/**
 * `data`: `{data, message?}` · `paginated`: `{items, pagination}` · `raw`: the model itself · `binary`: bytes of any type ·
 * `sse`: a stream of server-sent events · `none`: no body, as with redirects.
 */
export type Success =
  | { readonly status: number; readonly shape: 'data' | 'paginated' | 'raw'; readonly model: z.ZodType }
  | { readonly status: number; readonly shape: 'binary' | 'sse' | 'none' };

/** Type of a field of a form; `file` is sent with a file name. */
export type FormFieldType = 'file' | 'text' | 'integer' | 'boolean';

/** One HTTP operation: everything routing, validation, OpenAPI and the client need to know about it. */
export interface OperationDefinition {
  /** `verbNoun`, unique. */
  readonly operationId: string;
  readonly method: Method;
  /** With `{name}` for each path parameter. */
  readonly path: string;
  readonly summary: string;
  readonly auth: OperationAuth;
  /** The grant the caller needs; null only where `auth` says that there is no caller, or that any caller will do. */
  readonly permission: `${RbacResource}:${RbacAction}` | null;
  /** Another grant that will do as well. */
  readonly orPermission?: `${RbacResource}:${RbacAction}`;
  readonly params?: z.ZodRawShape;
  readonly query?: z.ZodRawShape;
  readonly body?: z.ZodType;
  /** A request without Content-Type and body is accepted too. */
  readonly bodyOptional?: true;
  /** The body is a form (`multipart/form-data`) with these fields. */
  readonly multipart?: Readonly<Record<string, FormFieldType>>;
  /** The body is bytes of any type. */
  readonly rawBody?: true;
  /** Largest body (bytes), where it is not the usual one. */
  readonly bodyLimit?: number;
  readonly success: Success;
  /** Statuses of foreseen errors; any operation may also answer 500. */
  readonly errors: readonly number[];
  /** Body of the errors when it is not `ErrorResponse`. */
  readonly errorModel?: z.ZodType;
}

type Field<D, K extends 'params' | 'query'> =
  D extends Record<K, infer S extends z.ZodRawShape>
    ? Readonly<Record<K, z.ZodObject<S>>>
    : Readonly<Partial<Record<K, undefined>>>;

/** A definition with its path and query parameters made into schemas. */
export type Operation<D extends OperationDefinition> = Omit<D, 'params' | 'query'> &
  Field<D, 'params'> &
  Field<D, 'query'>;

/** Any operation, for code that handles all of them alike. */
export type AnyOperation = Omit<OperationDefinition, 'params' | 'query'> & {
  readonly params?: z.ZodObject | undefined;
  readonly query?: z.ZodObject | undefined;
};

export function defineOperation<const D extends OperationDefinition>(definition: D): Operation<D> {
  const { params, query, ...rest }: OperationDefinition = definition;
  const operation: AnyOperation = {
    ...rest,
    ...(params && { params: z.object(params) }),
    ...(query && { query: z.object(query) }),
  };
  // The mapping above is exactly what `Operation` says, but generic spreads are beyond the checker.
  return operation as unknown as Operation<D>;
}

/** The tokens of people and of everything that acts for the platform. What they may do is decided by grants. */
export const anyToken = ['access', 'execution', 'sensor', 'worker'] as const;

/** Pages count from 1; 0 is read as 1. */
export const pageNumber = () =>
  z
    .uint32()
    .default(1)
    .transform((page) => Math.max(page, 1))
    .meta({ default: 1 });

/** Parameters of most lists. */
export const pageQuery = { page: pageNumber(), page_size: capped(50, 100) };

/** How far back a series reaches: one hour to a year. */
export const hoursBack = () =>
  int64()
    .default(24)
    .transform((hours) => Math.min(Math.max(hours, 1), 8760))
    .meta({ default: 24, description: '1 to 8760; other values are cut.', 'x-cap': 8760 });

/** A path segment that names an enum value in any case. */
export const anyCase = <T extends z.ZodEnum>(values: T) =>
  z.preprocess((given: z.input<T>) => (typeof given === 'string' ? given.toLowerCase() : given), values);
