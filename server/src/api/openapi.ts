/** The OpenAPI 3.1 document, made of the routes. */
import { OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import type { Documented } from './routes/define.js'
import { SESSION_COOKIE } from './access/sessions.js'
import { problemSchema } from './schemas.js'

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  200: 'Good',
  201: 'It is new',
  204: 'Done',
  400: 'The request is not valid',
  401: 'Nobody is logged in, or the token is unknown or has expired',
  403: 'The role is too small, the request comes from another site, or the server is read-only',
  404: 'There is no such thing',
  409: 'Not in this state, or allowRestart is missing',
  412: 'The configuration is another one by now: If-Match did not match',
  413: 'The body is too large',
  415: 'The body is no JSON',
  421: 'The server does not know itself by the name in the Host header',
  422: 'The configuration would not be valid; the problems name the places',
  429: 'Too many failed logins; Retry-After says when',
  500: 'The server failed',
  502: 'A peer refused',
  503: 'The store of the fleet or a process does not answer, or too much is asked at this moment',
  504: 'A process does not answer in time',
}

const problemAnswer = (status: number) => ({
  description: DESCRIPTIONS[status] ?? 'A problem',
  content: { 'application/problem+json': { schema: problemSchema } },
})

function responsesOf(route: Documented) {
  const { status, schema, type = 'application/json' } = route.gives
  const unsafe = route.method !== 'get'
  const problems = [
    ...(route.params || route.query || route.body ? [400] : []),
    ...(route.role === null ? [] : [401, 403]),
    ...(unsafe ? [403, 413, 415] : []),
    ...(route.problems ?? []),
    421,
    500,
  ]
  const none = schema === null && route.gives.type === undefined
  return {
    ...Object.fromEntries(problems.map(status => [status, problemAnswer(status)])),
    ...Object.fromEntries(Object.entries(route.also ?? {}).map(([status, description]) => [status, { description }])),
    [status]: {
      description: DESCRIPTIONS[status] ?? 'Good',
      ...(!none && { content: { [type]: { schema: schema ?? z.string() } } }),
    },
  }
}

const roleText = (route: Documented) =>
  route.role === null
    ? 'For everybody.'
    : `Needs the role ${route.role}, or one above it.${route.allChannels ? ' Not for users limited to channels.' : ''}`

const bodyType = ({ method }: Documented) => (method === 'patch' ? 'application/merge-patch+json' : 'application/json')

/** get-channels-id-history of GET /api/v1/channels/{id}/history. */
const operationId = ({ method, path }: Documented) =>
  `${method}${path.replace('/api/v1', '').replaceAll(/[^a-zA-Z0-9]+/g, '-')}`.replace(/-$/, '')

export function openApiDocument(routes: readonly Documented[], version: string): unknown {
  const app = new OpenAPIHono()
  const registry = app.openAPIRegistry
  registry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' })
  registry.registerComponent('securitySchemes', 'session', { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE })
  for (const route of routes) {
    registry.registerPath({
      method: route.method,
      path: route.path,
      tags: [route.tag],
      summary: route.summary,
      operationId: operationId(route),
      description: [route.description, roleText(route)].filter(Boolean).join('\n\n'),
      security: route.role === null ? [] : [{ token: [] }, { session: [] }],
      request: {
        ...(route.params && { params: route.params }),
        ...(route.query && { query: route.query }),
        ...(route.ifMatch && { headers: z.object({ 'if-match': z.string().optional() }) }),
        ...(route.body && {
          body: { required: true, content: { [bodyType(route)]: { schema: route.body.schema } } },
        }),
      },
      responses: responsesOf(route),
    })
  }
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'rxgst',
      version,
      description: 'Channels of live video: what they are, how they go, and what one may do with them.',
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    servers: [{ url: '/' }],
  })
}
