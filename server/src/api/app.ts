/** The routes on hono: who asks, may they, is the request as documented; then the handler, and its problems. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { type Context, Hono } from 'hono'
import type { z } from 'zod'
import { Problem } from '../core/problem.js'
import type { ServerPort } from '../core/server-port.js'
import type { Access } from './access/access.js'
import { Delayed } from './access/login-limits.js'
import { NOBODY, requireAllChannels, requireRole } from './access/roles.js'
import { BODY_BYTES, hasBody, isJson, notJson, readJson } from './http/body.js'
import { asProblem, PROBLEM_TYPE, problemDocument } from './http/problem-response.js'
import type { Files } from './page/files.js'
import { type Answer, type Bytes, type Call, type Route, WRITTEN } from './routes/define.js'

type Env = { Bindings: HttpBindings }

/** The end of a path that names an action: it is a segment of its own for the router. */
const ACTION = /:(start|stop|restart|switch|acknowledge|test|check|reload|drain|undrain|move)$/
const routerPath = (path: string): string => path.replace(ACTION, '/:$1')

const isUnsafe = (method: string | undefined): boolean => method !== 'GET' && method !== 'HEAD'

export interface AppParts {
  readonly port: ServerPort
  readonly access: Access
  readonly routes: readonly Route[]
  readonly files: Files
  /** An error that no Problem describes. */
  readonly onFault: (error: unknown) => void
}

/** Addresses of the page's views: one document draws them all. */
const VIEW = /^\/(channels\/[^/]+|configuration|events|fleet)$/

export function makeApp({ port, access, routes, files, onFault }: AppParts): Hono<Env> {
  const app = new Hono<Env>({ getPath: request => routerPath(new URL(request.url).pathname) })
  const serveFile = async (path: string, context: Context<Env>) => {
    const { incoming, outgoing } = bindings(context)
    await files.serve(path, incoming, outgoing)
    return RESPONSE_ALREADY_SENT
  }
  // Without the token of the one-time link it is the page, which asks for a password.
  app.get('/login', (context, next) => (context.req.query('token') === undefined ? serveFile('/', context) : next()))
  for (const route of routes) {
    const path = routerPath(route.path).replaceAll(/\{(\w+)\}/g, ':$1')
    // A colon begins a parameter for the router, so the action's is written as a pattern.
    const escaped = path.replace(/\/:(\w+)$/, (whole, name) => (ACTION.test(route.path) ? `/:_{:${name}}` : whole))
    app.on(route.method, escaped, context => answerRoute(route, port, access, context))
  }
  app.all('*', async context => {
    const { incoming } = bindings(context)
    const { pathname } = new URL(context.req.url)
    const path = VIEW.test(pathname) ? '/' : pathname
    if (isUnsafe(incoming.method) || !files.has(path)) throw unknownPath()
    return serveFile(path, context)
  })
  app.onError((error, context) => {
    const problem = asProblem(error)
    if (problem.code === 'ERR_INTERNAL') onFault(error)
    return problemResponse(problem, context)
  })
  return app
}

const bindings = (context: Context<Env>): { incoming: IncomingMessage; outgoing: ServerResponse } => context.env

async function answerRoute(route: Route, port: ServerPort, access: Access, context: Context<Env>): Promise<Response> {
  const { incoming: request, outgoing: response } = bindings(context)
  const who = route.role === null ? NOBODY : (access.identify(request) ?? access.nobody(request))
  if (route.role !== null) requireRole(who, route.role)
  // Nobody gets here where it is open alone.
  if (route.allChannels && who !== NOBODY) requireAllChannels(who)
  if (isUnsafe(request.method)) checkUnsafe(request, access)
  else if (route.role !== null) access.checkOrigin(request, true)
  const call: Call<unknown, unknown, unknown> = {
    port,
    who,
    params: check(route.params, paramsOf(context), 'the path'),
    query: check(route.query, context.req.query(), 'the query'),
    body: await bodyOf(route, request),
    ifMatch: route.ifMatch ? tagOf(request) : undefined,
    request,
    response,
  }
  const given = await route.handle(call)
  return given === WRITTEN ? RESPONSE_ALREADY_SENT : responseOf(route, given)
}

/** What changes something comes from our own page, or from a program that shows a token or has the socket. */
function checkUnsafe(request: IncomingMessage, access: Access): void {
  access.checkOrigin(request, false)
  if ((hasBody(request) || access.isBrowser(request)) && !isJson(request)) throw notJson()
}

function paramsOf(context: Context<Env>): Record<string, string> {
  const { _: action, ...params } = context.req.param() as Record<string, string>
  void action
  return params
}

function check(schema: z.ZodType | undefined, value: unknown, what: string): unknown {
  if (!schema) return {}
  const { success, data, error } = schema.safeParse(value)
  if (success) return data
  const problems = error.issues.map(issue => ({
    file: '',
    line: null,
    column: null,
    path: issue.path.join('.'),
    message: issue.message,
  }))
  const first = problems[0]!
  throw new Problem(400, 'ERR_OPTION', `${what}: ${first.path ? `${first.path}: ` : ''}${first.message}`, {
    remedy: 'The document at /openapi.json says what this takes.',
    problems,
  })
}

async function bodyOf(route: Route, request: IncomingMessage): Promise<unknown> {
  if (!route.body) return undefined
  const body = await readJson(request, route.body.mostBytes ?? BODY_BYTES)
  if (body === undefined) {
    throw new Problem(400, 'ERR_JSON', 'the request has no body', { remedy: 'Send a body of JSON.' })
  }
  return route.body.checked ? check(route.body.schema, body, 'the body') : body
}

/** '"abc"' of If-Match as abc. */
function tagOf({ headers }: IncomingMessage): string | undefined {
  const header = headers['if-match']?.trim()
  if (header === undefined || header === '*') return undefined
  const tag = /^"([^"]*)"$/.exec(header)?.[1]
  if (tag !== undefined) return tag
  throw new Problem(400, 'ERR_OPTION', 'If-Match is not one tag in quotes', {
    remedy: 'Send the ETag of the GET as it is.',
  })
}

function responseOf(route: Route, { status = route.gives.status, headers, body }: Answer<unknown>): Response {
  const own = { 'cache-control': 'no-store', ...headers }
  if (route.gives.type !== undefined) {
    const { type, bytes } = body as Bytes
    return new Response(new Uint8Array(bytes), { status, headers: { ...own, 'content-type': type } })
  }
  if (body === null) return new Response(null, { status, headers: own })
  return new Response(JSON.stringify(body), { status, headers: { ...own, 'content-type': 'application/json' } })
}

function problemResponse(problem: Problem, context: Context<Env>): Response {
  const headers: Record<string, string> = { 'content-type': PROBLEM_TYPE, 'cache-control': 'no-store' }
  if (problem.status === 401) headers['www-authenticate'] = 'Bearer realm="rxgst"'
  if (problem instanceof Delayed) headers['retry-after'] = String(problem.retryAfterS)
  // What is left of the body is not waited for.
  if (hasBody(bindings(context).incoming) && !bindings(context).incoming.complete) headers['connection'] = 'close'
  return new Response(JSON.stringify(problemDocument(problem)), { status: problem.status, headers })
}

const unknownPath = (): Problem =>
  new Problem(404, 'ERR_PATH', 'there is nothing at this path', { remedy: 'GET /openapi.json lists the paths.' })
