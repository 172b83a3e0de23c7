/** The statements of a fleet's state. Each is one transaction; they say what local-state.ts says. */

/** $1 name, $2 document, $3 its version, $4 etag, $5 by. A document that is there already stays as it is. */
export const PUT = `
INSERT INTO rxgst.channels AS c (name, document, document_version, etag, changed_at, changed_by)
VALUES ($1::text, $2::jsonb, $3::int, $4::text, rxgst.clock(), $5::text)
ON CONFLICT (name) DO UPDATE SET document = excluded.document, document_version = excluded.document_version,
  etag = excluded.etag, changed_at = excluded.changed_at, changed_by = excluded.changed_by
WHERE c.etag <> excluded.etag`

/** As above, where there is none. */
export const PUT_NEW = `
INSERT INTO rxgst.channels (name, document, document_version, etag, changed_at, changed_by)
VALUES ($1::text, $2::jsonb, $3::int, $4::text, rxgst.clock(), $5::text)
ON CONFLICT (name) DO NOTHING
RETURNING name`

/** As above; $6 the etag that it has now */
export const PUT_OVER = `
UPDATE rxgst.channels c SET document = $2::jsonb, document_version = $3::int, etag = $4::text,
  changed_at = CASE WHEN c.etag = $4::text THEN c.changed_at ELSE rxgst.clock() END,
  changed_by = CASE WHEN c.etag = $4::text THEN c.changed_by ELSE $5::text END
WHERE c.name = $1::text AND c.etag = $6::text
RETURNING c.name`

/** $1 name, $2 whatever its etag is, $3 its etag */
export const DELETE = `
WITH gone AS (
  DELETE FROM rxgst.channels c WHERE c.name = $1::text AND ($2::boolean OR c.etag = $3::text) RETURNING c.name
)
SELECT EXISTS (SELECT FROM gone) AS gone, EXISTS (SELECT FROM rxgst.channels c WHERE c.name = $1::text) AS there`

/** All but the documents. */
export const CHANNELS = `
SELECT c.name, c.etag, c.changed_by, p.cost_cores, p.preferred_worker, p.next_worker,
  COALESCE(p.next_ready, false) AS next_ready
FROM rxgst.channels c LEFT JOIN rxgst.placements p ON p.channel = c.name`

/** $1 names */
export const DOCUMENTS = `
SELECT c.name, c.document, c.etag, c.changed_by FROM rxgst.channels c WHERE c.name = ANY($1::text[])`

/** The channel, kept from being deleted by others while its placement is written. */
const CHANNEL = 'WITH c AS MATERIALIZED (SELECT name FROM rxgst.channels WHERE name = $1::text FOR KEY SHARE)'

/** $1 channel, $2 worker */
export const PREFER = `${CHANNEL}
INSERT INTO rxgst.placements AS p (channel, preferred_worker) SELECT c.name, $2::text FROM c
ON CONFLICT (channel) DO UPDATE SET preferred_worker = excluded.preferred_worker
RETURNING p.channel`

/** $1 channel, $2 worker */
export const APPOINT = `${CHANNEL}
INSERT INTO rxgst.placements AS p (channel, next_worker) SELECT c.name, $2::text FROM c
ON CONFLICT (channel) DO UPDATE SET next_worker = excluded.next_worker,
  next_ready = p.next_ready AND p.next_worker IS NOT DISTINCT FROM excluded.next_worker
RETURNING p.channel`

/** $1 channel, $2 worker */
export const READY = `
UPDATE rxgst.placements p SET next_ready = true WHERE p.channel = $1::text AND p.next_worker = $2::text
RETURNING p.channel`

/** $1 channels in order, $2 their cores */
export const MEASURED = `
WITH cost AS MATERIALIZED (SELECT * FROM unnest($1::text[], $2::float8[]) AS cost(channel, cores)),
c AS MATERIALIZED (
  SELECT name FROM rxgst.channels WHERE name = ANY($1::text[]) ORDER BY name FOR KEY SHARE
)
INSERT INTO rxgst.placements AS p (channel, cost_cores)
SELECT c.name, cost.cores FROM c JOIN cost ON cost.channel = c.name ORDER BY c.name
ON CONFLICT (channel) DO UPDATE SET cost_cores = excluded.cost_cores
WHERE p.cost_cores IS DISTINCT FROM excluded.cost_cores`

export const DRAINS = 'SELECT d.worker FROM rxgst.drains d'

/** $1 worker, $2 by */
export const DRAIN = `
INSERT INTO rxgst.drains (worker, wished_by) VALUES ($1::text, $2::text) ON CONFLICT (worker) DO NOTHING`

/** $1 worker */
export const UNDRAIN = 'DELETE FROM rxgst.drains d WHERE d.worker = $1::text'

/** $1 worker, $2 events as JSON, in their order */
export const ADD_EVENTS = `
INSERT INTO rxgst.events (worker, type, channel, user_name, message, data)
SELECT $1::text, one.event ->> 'type', one.event ->> 'channel', one.event ->> 'user', one.event ->> 'message',
  one.event -> 'data'
FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY AS one(event, place) ORDER BY one.place`

export const PRUNE = 'SELECT rxgst.prune_events()'

const EVENT = `e.id, extract(epoch FROM e.at)::float8 * 1000 AS at, e.worker, e.type, e.channel,
  e.user_name AS "user", e.message, e.data`

/** $1 id, $2 limit */
export const EVENTS_AFTER = `
SELECT ${EVENT} FROM rxgst.events e WHERE e.id > $1::bigint ORDER BY e.id LIMIT $2::int`

/** $1 limit; the newest first */
export const LAST_EVENTS = `SELECT ${EVENT} FROM rxgst.events e ORDER BY e.id DESC LIMIT $1::int`

/** Of the worker that was heard of last: one that has gone may have had another. */
export const TTL = 'SELECT w.ttl_ms FROM rxgst.workers w ORDER BY w.heartbeat_at DESC LIMIT 1'
