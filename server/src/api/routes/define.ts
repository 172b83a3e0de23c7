/** A route as a value: what it takes and gives, and who may use it. Router and OpenAPI document are made of these. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { z } from 'zod'
import type { ServerPort } from '../../core/server-port.js'
import type { Principal, Role } from '../access/roles.js'

/** What a handler is given. */
export interface Call<P, Q, B> {
  readonly port: ServerPort
  readonly who: Principal
  readonly params: P
  readonly query: Q
  readonly body: B
  /** The tag of If-Match; undefined: none was sent, or *. */
  readonly ifMatch: string | undefined
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

export type Shape = z.ZodObject | undefined
type Of<S> = S extends z.ZodType ? z.output<S> : Record<string, never>

/** A body in bytes. */
export interface Bytes {
  readonly type: string
  readonly bytes: Uint8Array
}
/** The handler has written the response, or goes on to write it. */
export const WRITTEN = Symbol('written')

export interface Answer<T> {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** null: no body. */
  readonly body: T
}

export interface Documented {
  readonly method: 'get' | 'put' | 'patch' | 'post' | 'delete'
  /** As in the document: /api/v1/channels/{id}:start. */
  readonly path: string
  /** null: for everybody. */
  readonly role: Role | null
  /** Not for users who are limited to channels. */
  readonly allChannels?: true
  readonly tag: string
  readonly summary: string
  readonly description?: string
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  /** What is documented; 'checked' says whether the route checks it itself, or leaves that to the server. */
  readonly body?: { readonly schema: z.ZodType; readonly checked: boolean; readonly mostBytes?: number }
  readonly ifMatch?: boolean
  /** The good answer; `type` where it is not JSON; 'null' as schema: no body. */
  readonly gives: { readonly status: number; readonly schema: z.ZodType | null; readonly type?: string }
  /** Other good answers. */
  readonly also?: Readonly<Record<number, string>>
  /** The problems that it answers besides those of all routes. */
  readonly problems?: readonly number[]
}

export interface Route extends Documented {
  handle(call: Call<unknown, unknown, unknown>): Promise<Answer<unknown> | typeof WRITTEN>
}

type BodyOf<D> = D extends { body: { schema: infer S; checked: true } }
  ? Of<S>
  : D extends { body: { checked: false } }
    ? unknown
    : undefined
type GivesOf<D> = D extends { gives: { type: string } }
  ? Bytes | typeof WRITTEN
  : D extends { gives: { schema: infer S extends z.ZodType } }
    ? z.output<S>
    : null

/** Makes a route; the handler's argument and result have the types of the schemas. */
export function route<const D extends Documented>(
  documented: D,
  handle: (
    call: Call<Of<D['params']>, Of<D['query']>, BodyOf<D>>,
  ) => Promise<GivesOf<D> | Answer<GivesOf<D>>> | GivesOf<D> | Answer<GivesOf<D>>,
): Route {
  return {
    ...documented,
    async handle(call) {
      const given: unknown = await handle(call as Call<Of<D['params']>, Of<D['query']>, BodyOf<D>>)
      if (given === WRITTEN) return WRITTEN
      return isAnswer(given) ? given : { body: given }
    },
  }
}

const ANSWER = Symbol('answer')
/** An answer with a status or headers of its own. */
export const answer = <T>(given: Answer<T>): Answer<T> => Object.assign(given, { [ANSWER]: true })
const isAnswer = (given: unknown): given is Answer<unknown> =>
  typeof given === 'object' && given !== null && ANSWER in given
