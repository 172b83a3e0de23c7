/** /api/v1/channels: what they are, how they go, and what one may do with them. */
import { z } from 'zod'
import { nameSchema } from '../../core/schema.js'
import { Problem } from '../../core/problem.js'
import type { ChannelView, Plan, ServerPort } from '../../core/server-port.js'
import { requireChannel, seesChannel, unknownChannel } from '../access/roles.js'
import { channelConfigSchema, channelViewSchema, historySchema, metricSchema, planSchema } from '../schemas.js'
import { type Answer, answer, type Bytes, type Call, type Documented, type Route, route } from './define.js'

export const ID = z.object({ id: nameSchema })
const HOUR_MS = 3_600_000

const flag = z
  .enum(['true', 'false'])
  .transform(text => text === 'true')
  .optional()
/** Of every change of the configuration. */
export const CHANGE_QUERY = z.object({
  dryRun: flag.describe('tell the plan, change nothing'),
  allowRestart: flag.describe('a channel on air may be restarted for it'),
})
export const PLANNED = { status: 200, schema: planSchema } as const
/**
 * 403: read-only. 409: it needs allowRestart. 412: the configuration is another one by now. 422: it is not valid.
 * 503: too many changes wait, or the store of the fleet does not answer.
 */
export const CHANGE_PROBLEMS = [403, 404, 409, 412, 422, 503] as const
/** 422: a secret is not there. 502: a peer refused. 503: its process has gone. 504: its process does not answer. */
export const ACTION_PROBLEMS = [404, 409, 422, 502, 503, 504] as const

/** What the port is told of a change. */
export const changeOf = (
  call: Pick<Call<unknown, z.output<typeof CHANGE_QUERY>, unknown>, 'who' | 'query' | 'ifMatch'>,
) => ({
  user: call.who.name,
  ifMatch: call.ifMatch,
  dryRun: call.query.dryRun ?? false,
  allowRestart: call.query.allowRestart ?? false,
})

export const quoted = (etag: string): string => `"${etag}"`

const view = (channel: ChannelView): Answer<ChannelView> =>
  answer({ headers: { etag: quoted(channel.etag) }, body: channel })

const exists = (port: ServerPort, id: string): boolean => port.channels().some(channel => channel.id === id)

/** The plan, with the channel's tag after the change; 201 where the change made the channel. */
function planned(port: ServerPort, id: string, plan: Plan, made: boolean): Answer<Plan> {
  const channel = port.channels().find(channel => channel.id === id)
  const headers = {
    ...(channel && { etag: quoted(channel.etag) }),
    ...(made && channel && { location: `/api/v1/channels/${id}` }),
  }
  return answer({ status: made && channel ? 201 : 200, headers, body: plan })
}

const tag = 'channels'
const base = { tag, params: ID } as const

/** POST …:start and so on: answers how the channel is then. */
function action(
  name: string,
  summary: string,
  act: (call: Call<{ id: string }, unknown, unknown>) => Promise<void>,
): Route {
  const documented = {
    ...base,
    method: 'post',
    path: `/api/v1/channels/{id}:${name}`,
    role: 'operator',
    summary,
    gives: { status: 200, schema: channelViewSchema },
    problems: ACTION_PROBLEMS,
  } as const satisfies Documented
  return route(documented, async call => {
    requireChannel(call.who, call.params.id)
    await act(call)
    return view(call.port.channel(call.params.id))
  })
}

export const channelRoutes: readonly Route[] = [
  route(
    {
      method: 'get',
      path: '/api/v1/channels',
      role: 'viewer',
      tag,
      summary: 'All channels that the user may see',
      gives: { status: 200, schema: z.array(channelViewSchema).readonly() },
    },
    ({ port, who }) => port.channels().filter(channel => seesChannel(who, channel.id)),
  ),
  route(
    {
      ...base,
      method: 'get',
      path: '/api/v1/channels/{id}',
      role: 'viewer',
      summary: 'A channel',
      gives: { status: 200, schema: channelViewSchema },
      problems: [404],
    },
    ({ port, who, params }) => {
      requireChannel(who, params.id)
      return view(port.channel(params.id))
    },
  ),
  route(
    {
      ...base,
      method: 'put',
      path: '/api/v1/channels/{id}',
      role: 'admin',
      allChannels: true,
      summary: 'Makes a channel, or gives it another configuration',
      query: CHANGE_QUERY,
      body: { schema: channelConfigSchema, checked: false },
      ifMatch: true,
      gives: PLANNED,
      also: { 201: 'The channel is new' },
      problems: CHANGE_PROBLEMS,
    },
    async call => {
      const { port, params, body } = call
      const before = exists(port, params.id)
      const plan = await port.putChannel(params.id, body, changeOf(call))
      return planned(port, params.id, plan, !before)
    },
  ),
  route(
    {
      ...base,
      method: 'patch',
      path: '/api/v1/channels/{id}',
      role: 'admin',
      allChannels: true,
      summary: "Changes some of a channel's configuration (RFC 7396)",
      query: CHANGE_QUERY,
      body: { schema: z.record(z.string(), z.unknown()), checked: false },
      ifMatch: true,
      gives: PLANNED,
      problems: CHANGE_PROBLEMS,
    },
    async call => {
      const { port, params, body } = call
      return planned(port, params.id, await port.patchChannel(params.id, body, changeOf(call)), false)
    },
  ),
  route(
    {
      ...base,
      method: 'delete',
      path: '/api/v1/channels/{id}',
      role: 'admin',
      allChannels: true,
      summary: 'Stops and removes a channel',
      query: CHANGE_QUERY,
      ifMatch: true,
      gives: PLANNED,
      problems: CHANGE_PROBLEMS,
    },
    call => call.port.deleteChannel(call.params.id, changeOf(call)),
  ),
  action('start', 'Starts a channel', ({ port, params, who }) => port.start(params.id, who.name)),
  action('stop', 'Stops a channel', ({ port, params, who }) => port.stop(params.id, who.name)),
  action('restart', 'Stops a channel and starts it', ({ port, params, who }) => port.restart(params.id, who.name)),
  route(
    {
      ...base,
      method: 'post',
      path: '/api/v1/channels/{id}:switch',
      role: 'operator',
      summary: 'Puts another input on air',
      body: { schema: z.strictObject({ input: nameSchema }), checked: true },
      gives: { status: 200, schema: channelViewSchema },
      problems: ACTION_PROBLEMS,
    },
    async ({ port, who, params, body }) => {
      requireChannel(who, params.id)
      await port.switchInput(params.id, body.input, who.name)
      return view(port.channel(params.id))
    },
  ),
  route(
    {
      ...base,
      method: 'get',
      path: '/api/v1/channels/{id}/thumbnail.jpg',
      role: 'viewer',
      summary: 'The last picture',
      description: 'Pictures are taken while somebody asks, each 5 s: the first answer may be that there is none yet.',
      gives: { status: 200, schema: null, type: 'image/jpeg' },
      problems: [404],
    },
    ({ port, who, params }): Answer<Bytes> => {
      requireChannel(who, params.id)
      if (!exists(port, params.id)) throw unknownChannel(params.id)
      const thumbnail = port.thumbnail(params.id)
      if (!thumbnail) {
        throw new Problem(404, 'ERR_NO_PICTURE', `channel '${params.id}' has no picture of now`, {
          fault: 'peer',
          retryable: true,
          remedy: "Ask again in a second; else the channel's state says what it waits for.",
        })
      }
      return answer({
        headers: { 'last-modified': new Date(thumbnail.at).toUTCString() },
        body: { type: 'image/jpeg', bytes: thumbnail.jpeg },
      })
    },
  ),
  route(
    {
      ...base,
      method: 'get',
      path: '/api/v1/channels/{id}/history',
      role: 'viewer',
      summary: 'One point a second for an hour, one a minute for a week',
      query: z.object({
        metric: metricSchema,
        since: z.coerce.number().int().min(0).optional().describe('Unix time, ms; default: an hour ago'),
      }),
      gives: { status: 200, schema: historySchema },
      problems: [404],
    },
    ({ port, who, params, query }) => {
      requireChannel(who, params.id)
      if (!exists(port, params.id)) throw unknownChannel(params.id)
      return port.history(params.id, query.metric, query.since ?? Date.now() - HOUR_MS)
    },
  ),
]
