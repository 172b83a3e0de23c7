/** All routes of the server. */
import { openApiDocument } from '../openapi.js'
import { API_PAGE, API_SCRIPT } from '../page/api-page.js'
import { alertRoutes } from './alerts.js'
import { channelRoutes } from './channels.js'
import { configRoutes } from './config.js'
import { type Route, route } from './define.js'
import { eventRoutes } from './events.js'
import { fleetRoutes } from './fleet.js'
import { ingestRoutes } from './ingest.js'
import { healthRoutes, type StreamCounts } from './health.js'
import { previewRoute } from './preview.js'
import { type SessionParts, sessionRoutes } from './session.js'
import { targetRoutes } from './targets.js'

/** A text that is made at its first use. */
function fixed(path: string, summary: string, type: string, make: () => string): Route {
  let bytes: Buffer | undefined
  return route(
    { method: 'get', path, role: null, tag: 'document', summary, gives: { status: 200, schema: null, type } },
    () => ({
      type: type.startsWith('text/') ? `${type}; charset=utf-8` : type,
      bytes: (bytes ??= Buffer.from(make())),
    }),
  )
}

export function allRoutes(parts: SessionParts, counts: StreamCounts): readonly Route[] {
  const documented = [
    ...sessionRoutes(parts),
    ...channelRoutes,
    previewRoute,
    ...targetRoutes,
    ...alertRoutes,
    ...eventRoutes(parts.access, counts.events),
    ...fleetRoutes,
    ...ingestRoutes,
    ...configRoutes,
    ...healthRoutes(counts),
  ]
  const document = () => JSON.stringify(openApiDocument(documented, parts.port.version))
  return [
    ...documented,
    fixed('/openapi.json', 'This document', 'application/json', document),
    fixed('/api', 'The page of this document', 'text/html', () => API_PAGE),
    fixed('/api/start.js', 'Its script', 'text/javascript', () => API_SCRIPT),
  ]
}
