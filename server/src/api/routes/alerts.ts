/** /api/v1/alerts */
import { z } from 'zod'
import { Problem } from '../../core/problem.js'
import { seesChannel } from '../access/roles.js'
import { alertSchema } from '../schemas.js'
import { type Route, route } from './define.js'

const tag = 'alerts'
const MOST_ID_LENGTH = 200

export const alertRoutes: readonly Route[] = [
  route(
    {
      method: 'get',
      path: '/api/v1/alerts',
      role: 'viewer',
      tag,
      summary: 'Alerts that are raised, and those that were cleared of late',
      gives: { status: 200, schema: z.array(alertSchema).readonly() },
    },
    ({ port, who }) => port.alerts().filter(alert => seesChannel(who, alert.channel)),
  ),
  route(
    {
      method: 'post',
      path: '/api/v1/alerts/{id}:acknowledge',
      role: 'operator',
      tag,
      summary: 'Says that somebody sees to an alert',
      params: z.object({ id: z.string().min(1).max(MOST_ID_LENGTH) }),
      gives: { status: 200, schema: alertSchema },
      problems: [404],
    },
    ({ port, who, params }) => {
      const alert = port.alerts().find(alert => alert.id === params.id)
      if (!alert || !seesChannel(who, alert.channel)) {
        throw new Problem(404, 'ERR_ALERT_UNKNOWN', `there is no alert '${params.id}'`, {
          remedy: 'GET /api/v1/alerts lists them.',
        })
      }
      return port.acknowledge(params.id, who.name)
    },
  ),
  route(
    {
      method: 'post',
      path: '/api/v1/alerts:test',
      role: 'admin',
      allChannels: true,
      tag,
      summary: 'Sends a test to every webhook and mailbox',
      gives: {
        status: 200,
        schema: z.strictObject({ sent: z.number().int(), failed: z.array(z.string()).readonly() }),
      },
    },
    ({ port, who }) => port.testAlert(who.name),
  ),
]
