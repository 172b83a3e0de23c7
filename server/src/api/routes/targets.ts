/** /api/v1/channels/{id}/targets/{target} */
import { z } from 'zod'
import { nameSchema } from '../../core/schema.js'
import type { ServerPort } from '../../core/server-port.js'
import { requireChannel } from '../access/roles.js'
import { channelViewSchema, targetConfigSchema } from '../schemas.js'
import { ACTION_PROBLEMS, CHANGE_PROBLEMS, CHANGE_QUERY, changeOf, PLANNED } from './channels.js'
import { type Documented, type Route, route } from './define.js'

const base = {
  tag: 'targets',
  params: z.object({ id: nameSchema, target: nameSchema }),
} as const
const PATH = '/api/v1/channels/{id}/targets/{target}'

function action(
  name: 'start' | 'stop',
  summary: string,
  act: (port: ServerPort, id: string, target: string, user: string) => Promise<void>,
): Route {
  const documented = {
    ...base,
    method: 'post',
    path: `${PATH}:${name}`,
    role: 'operator',
    summary,
    gives: { status: 200, schema: channelViewSchema },
    problems: ACTION_PROBLEMS,
  } as const satisfies Documented
  return route(documented, async ({ port, who, params }) => {
    requireChannel(who, params.id)
    await act(port, params.id, params.target, who.name)
    return port.channel(params.id)
  })
}

export const targetRoutes: readonly Route[] = [
  route(
    {
      ...base,
      method: 'put',
      path: PATH,
      role: 'admin',
      allChannels: true,
      summary: 'Makes a target, or gives it another configuration',
      query: CHANGE_QUERY,
      body: { schema: targetConfigSchema, checked: false },
      ifMatch: true,
      gives: PLANNED,
      problems: CHANGE_PROBLEMS,
    },
    call => call.port.putTarget(call.params.id, call.params.target, call.body, changeOf(call)),
  ),
  route(
    {
      ...base,
      method: 'delete',
      path: PATH,
      role: 'admin',
      allChannels: true,
      summary: 'Ends and removes a target',
      query: CHANGE_QUERY,
      ifMatch: true,
      gives: PLANNED,
      problems: CHANGE_PROBLEMS,
    },
    call => call.port.deleteTarget(call.params.id, call.params.target, changeOf(call)),
  ),
  action('start', 'Sends to a target again', (port, id, target, user) => port.startTarget(id, target, user)),
  action('stop', 'Sends to a target no longer', (port, id, target, user) => port.stopTarget(id, target, user)),
]
