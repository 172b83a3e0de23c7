/** /api/v1/config: the YAML file. It is for those who see all channels. */
import { z } from 'zod'
import { CONFIG_BYTES } from '../http/body.js'
import { configTextSchema } from '../schemas.js'
import { CHANGE_PROBLEMS, CHANGE_QUERY, changeOf, PLANNED, quoted } from './channels.js'
import { answer, type Route, route } from './define.js'

const text = {
  schema: z.strictObject({ text: z.string().describe('the YAML') }),
  checked: true,
  mostBytes: CONFIG_BYTES,
} as const
const base = { tag: 'configuration', role: 'admin', allChannels: true } as const

export const configRoutes: readonly Route[] = [
  route(
    {
      ...base,
      method: 'get',
      path: '/api/v1/config',
      summary: 'The file as it is, its secrets by reference',
      gives: { status: 200, schema: configTextSchema },
    },
    ({ port }) => {
      const config = port.configText()
      return answer({ headers: { etag: quoted(config.etag) }, body: config })
    },
  ),
  route(
    {
      ...base,
      method: 'put',
      path: '/api/v1/config',
      summary: 'Replaces the file, and applies it',
      query: CHANGE_QUERY,
      body: text,
      ifMatch: true,
      gives: PLANNED,
      problems: CHANGE_PROBLEMS,
    },
    async call => {
      const plan = await call.port.putConfig(call.body.text, changeOf(call))
      return answer({ headers: { etag: quoted(call.port.configText().etag) }, body: plan })
    },
  ),
  route(
    {
      ...base,
      method: 'post',
      path: '/api/v1/config:check',
      summary: 'What this file would change, and what is wrong with it',
      body: text,
      gives: PLANNED,
    },
    ({ port, body }) => port.checkConfig(body.text),
  ),
  route(
    {
      ...base,
      method: 'post',
      path: '/api/v1/config:reload',
      summary: 'Reads the file again, and applies it',
      query: CHANGE_QUERY,
      ifMatch: true,
      gives: PLANNED,
      problems: CHANGE_PROBLEMS,
    },
    call => call.port.reloadConfig(changeOf(call)),
  ),
]
