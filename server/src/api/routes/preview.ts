/** GET /api/v1/channels/{id}/preview, which a WebSocket asks for. */
import { z } from 'zod'
import { Problem } from '../../core/problem.js'
import { ID } from './channels.js'
import { type Route, route } from './define.js'

export const PREVIEW_QUERY = z.object({ side: z.enum(['in', 'out']).default('out') })
/** The path of a preview; the first group is the channel. */
export const PREVIEW_PATH = /^\/api\/v1\/channels\/([^/]+)\/preview$/

export const previewRoute: Route = route(
  {
    method: 'get',
    path: '/api/v1/channels/{id}/preview',
    role: 'viewer',
    tag: 'channels',
    summary: 'The live picture as FLV over a WebSocket',
    description:
      'Each message is bytes of FLV, from header, configuration and a keyframe on. A message that begins with ' +
      'another header begins another stream. A viewer that is more than a second behind loses what comes up to the ' +
      'next keyframe; one that takes nothing for 10 s is ended. ' +
      'There are 16 viewers at most.',
    params: ID,
    query: PREVIEW_QUERY,
    gives: { status: 101, schema: null },
    problems: [404, 426, 503],
  },
  () => {
    throw new Problem(426, 'ERR_UPGRADE', 'a preview is a WebSocket', { remedy: 'Open it with ws:// or wss://.' })
  },
)
