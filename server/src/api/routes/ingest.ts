/** /api/v1/ingest: where encoders send to, with the keys. */
import { z } from 'zod'
import type { IngestStream } from '../../core/server-port.js'
import { seesChannel } from '../access/roles.js'
import { ingestStreamSchema } from '../schemas.js'
import { type Route, route } from './define.js'

const EVERY_ADDRESS = /^rtmp:\/\/(0\.0\.0\.0|\[::\])(?=:)/

export const ingestRoutes: readonly Route[] = [
  route(
    {
      method: 'get',
      path: '/api/v1/ingest',
      role: 'admin',
      tag: 'ingest',
      summary: 'The streams that may be sent to the RTMP server of this server, with their keys',
      gives: { status: 200, schema: z.array(ingestStreamSchema).readonly() },
    },
    ({ port, who, request }) => {
      const taken = new Set(
        Object.entries(port.config.channels)
          .filter(([channel]) => seesChannel(who, channel))
          .flatMap(([, { inputs }]) => inputs.flatMap(input => ('ingest' in input ? [input.ingest] : []))),
      )
      return port
        .ingestStreams()
        .filter(({ name }) => taken.has(name))
        .map(stream => reachable(stream, request.headers.host))
    },
  ),
]

/** Where it listens on every address, the one at which the client has found the API. */
function reachable(stream: IngestStream, host: string | undefined): IngestStream {
  const name = host === undefined ? undefined : /^(\[[^\]]+\]|[^:]+)/.exec(host)?.[0]
  return name === undefined ? stream : { ...stream, url: stream.url.replace(EVERY_ADDRESS, `rtmp://${name}`) }
}
