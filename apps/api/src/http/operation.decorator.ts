import { type AnyOperation, type Page } from '@attune/contract';
import {
  applyDecorators,
  createParamDecorator,
  type ExecutionContext,
  HttpCode,
  RequestMapping,
  RequestMethod,
  type StreamableFile,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { type FastifyRequest } from 'fastify';
import { type z } from 'zod';
import { type Caller } from '../access/caller.js';
import { exchangeOf, type HttpExchange } from './exchange.js';
import { type WithMessage } from './reply.js';

/** What a controller method gets: everything checked, in the words of the contract. */
export type InputOf<O extends AnyOperation> = Decoded<O, 'params'> &
  Decoded<O, 'query'> &
  DecodedBody<O> & {
    /** Who asks; null where the operation takes no token. */
    readonly caller: O['auth'] extends readonly unknown[] ? Caller : null;
    readonly http: HttpExchange;
  };

/**
 * What a controller method gives; the envelope is added around it. Bytes and events come as a stream with its type, and so
 * does the page that may take the place of a redirect.
 */
export type ReplyOf<O extends AnyOperation> = O['success'] extends { shape: infer S; model: infer M extends z.ZodType }
  ? S extends 'paginated'
    ? Page<z.output<M>>
    : S extends 'data'
      ? z.output<M> | WithMessage<z.output<M>>
      : z.output<M>
  : O['success']['shape'] extends 'none'
    ? StreamableFile | undefined
    : StreamableFile;

type Decoded<O, K extends 'params' | 'query'> =
  O extends Record<K, infer S extends z.ZodType> ? Readonly<Record<K, z.output<S>>> : unknown;

/** A webhook reads its body itself. */
type DecodedBody<O> = O extends { auth: 'webhook-key' }
  ? unknown
  : O extends { body: infer B extends z.ZodType }
    ? O extends { bodyOptional: true }
      ? { readonly body: z.output<B> | undefined }
      : { readonly body: z.output<B> }
    : unknown;

type Handler<O extends AnyOperation> = (input: InputOf<O>) => ReplyOf<O> | Promise<ReplyOf<O>>;

const Input = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const { params, query, body, caller, http } = exchangeOf(context.switchToHttp().getRequest<FastifyRequest>());
  return { params, query, body, caller, http };
});

/**
 * Makes a controller method serve an operation of the contract: its method, path and success status, its token and
 * parameter checks, and its envelope. The method's input and result are checked against the operation by the compiler.
 */
export function Operation<O extends AnyOperation>(operation: O) {
  return <M extends Handler<O>>(target: object, key: string, descriptor: TypedPropertyDescriptor<M>): void => {
    Input()(target, key, 0);
    applyDecorators(
      RequestMapping({ path: routePath(operation), method: RequestMethod[operation.method] }),
      HttpCode(operation.success.status),
      RouteConfig({ operation }),
    )(target, key, descriptor);
  };
}

/** `/rules/{ref}` in the router's own words. A file path may have any number of segments. */
const routePath = ({ path }: AnyOperation): string => path.replace('{file_path}', '*').replace(/\{(\w+)\}/g, ':$1');
