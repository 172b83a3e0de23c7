/**
 * The statements of the store. Each is one statement and one transaction: a connection that breaks leaves nothing half
 * done, and nothing holds a lock while a worker thinks. They say what store-rules.ts says.
 *
 * `now` is read once, before any lock is waited for. It can only be too early: then nothing has expired too soon, and a
 * lease ends a TTL after its worker asked for it, not earlier.
 */

/** A time of the store as ms since 1970. */
const MS = (time: string) => `(extract(epoch FROM ${time}) * 1000)`

/** Of the lease `l`: also one that ends later than any could, whose clock was set back since. */
const expired = (now: string) =>
  `(l.expires_at <= ${now} OR l.expires_at > ${now} + l.ttl_ms * 4 / 3.0 * interval '1 ms')`

/** Of the worker `w`: it is alive, as far as the store knows. */
const fresh = (now: string) => `(w.heartbeat_at <= ${now} + w.ttl_ms / 3.0 * interval '1 ms'
    AND ${now} <= w.heartbeat_at + w.ttl_ms * interval '1 ms')`

/** Of the lease `l`: the name on it is that of this process, or it is kept for this worker. */
const NAMED = '(l.session = $2::uuid OR (l.session IS NULL AND l.reserved_for = $1::text))'
const RELEASED = '(l.session IS NULL AND l.reserved_for IS NULL)'

/** $1 name, $2 session, $3 previous sessions, $4 ttl ms, $5 beat, $6 seen epoch, $7 … $10 version … capacity */
export const REGISTER = `
WITH t AS MATERIALIZED (SELECT rxgst.clock() AS now),
other AS (
  SELECT w.ttl_ms FROM rxgst.workers w, t WHERE w.name <> $1::text AND w.ttl_ms <> $4::int AND ${fresh('t.now')} LIMIT 1
),
before AS (
  SELECT w.session, ${fresh('t.now')} AS fresh FROM rxgst.workers w, t WHERE w.name = $1::text
),
named AS (
  INSERT INTO rxgst.workers AS w (name, session, heartbeat_at, joined_at, ttl_ms, beat, unbroken_since, seen_epoch,
    version, load, draining, capacity)
  SELECT $1::text, $2::uuid, t.now, t.now, $4::int, $5::bigint, $5::bigint, $6::bigint,
    $7::text, $8::real, $9::boolean, $10::jsonb
  FROM t WHERE NOT EXISTS (SELECT FROM other)
  ON CONFLICT (name) DO UPDATE SET session = excluded.session, heartbeat_at = excluded.heartbeat_at,
    joined_at = excluded.joined_at, ttl_ms = excluded.ttl_ms, beat = excluded.beat,
    unbroken_since = excluded.unbroken_since, version = excluded.version, load = excluded.load,
    draining = excluded.draining, capacity = excluded.capacity,
    seen_epoch = GREATEST(w.seen_epoch, excluded.seen_epoch)
  WHERE CASE WHEN w.session = excluded.session THEN w.beat < excluded.beat ELSE w.session = ANY($3::uuid[]) END
    OR NOT ${fresh('excluded.heartbeat_at')}
  RETURNING w.name
),
inherited AS (
  UPDATE rxgst.leases l SET session = $2::uuid FROM named, before
  WHERE l.session = before.session AND before.fresh AND before.session = ANY($3::uuid[])
  RETURNING l.channel
)
SELECT EXISTS (SELECT FROM named) AS named, (SELECT ttl_ms FROM other) AS other_ttl_ms`

/** $1 name, $2 session, $3 channel, $4 ttl ms, $5 beat, $6 age ms, $7 attended ms, $8 seen epoch */
export const ACQUIRE = `
WITH t AS MATERIALIZED (SELECT rxgst.clock() AS now),
me AS (
  SELECT w.beat = $5::bigint AND ${MS('t.now - w.heartbeat_at')} BETWEEN 0 AND $6::float8 + $4::int / 3.0 AS continuous
  FROM rxgst.workers w, t WHERE w.name = $1::text AND w.session = $2::uuid
),
fleet AS (SELECT COALESCE(max(w.seen_epoch), 0) AS seen_epoch FROM rxgst.workers w),
taken AS (
  INSERT INTO rxgst.leases AS l (channel, holder, session, epoch, expires_at, ttl_ms)
  SELECT $3::text, $1::text, $2::uuid,
    GREATEST(1, $8::bigint + 1, fleet.seen_epoch + 1, floor(${MS('t.now')})::bigint),
    t.now + $4::int * interval '1 ms', $4::int
  FROM t, me, fleet
  WHERE me.continuous
    AND ($7::float8 >= $4::int OR EXISTS (SELECT FROM rxgst.leases WHERE channel = $3::text))
  ON CONFLICT (channel) DO UPDATE SET holder = excluded.holder, session = excluded.session,
    epoch = GREATEST(l.epoch + 1, excluded.epoch), expires_at = excluded.expires_at, ttl_ms = excluded.ttl_ms,
    reserved_for = NULL, claimed = false
  WHERE (${NAMED} AND NOT l.claimed AND NOT ${expired('(SELECT now FROM t)')})
    OR ($7::float8 >= GREATEST($4::int, l.ttl_ms)
      AND (${NAMED} OR ${RELEASED} OR ${expired('(SELECT now FROM t)')}))
  RETURNING l.epoch
)
SELECT (SELECT epoch FROM taken) AS epoch,
  EXISTS (SELECT FROM me) AS known,
  COALESCE((SELECT continuous FROM me), false) AS continuous,
  $7::float8 >= GREATEST($4::int, l.ttl_ms) AS attended,
  l.holder,
  l.channel IS NULL OR ${NAMED} OR ${RELEASED} OR ${expired('t.now')} AS free
FROM t LEFT JOIN rxgst.leases l ON l.channel = $3::text`

/** $1 name, $2 session, $3 channels, $4 epochs, $5 ttl ms, $6 beat, $7 confirmed beat, $8 seen epoch, $9 … $12 facts */
export const RENEW = `
WITH t AS MATERIALIZED (SELECT rxgst.clock() AS now),
held AS MATERIALIZED (SELECT * FROM unnest($3::text[], $4::bigint[]) AS held(channel, epoch)),
me AS (
  SELECT w.beat >= $7::bigint AND w.unbroken_since <= $7::bigint AND NOT EXISTS (
      SELECT FROM held LEFT JOIN rxgst.leases l ON l.channel = held.channel
      WHERE l.channel IS NULL OR l.epoch < held.epoch
    ) AS continuous
  FROM rxgst.workers w WHERE w.name = $1::text AND w.session = $2::uuid AND w.beat < $6::bigint
),
beat AS (
  UPDATE rxgst.workers w SET heartbeat_at = t.now, ttl_ms = $5::int, beat = $6::bigint,
    unbroken_since = CASE WHEN me.continuous THEN w.unbroken_since ELSE $6::bigint END,
    seen_epoch = GREATEST(w.seen_epoch, $8::bigint),
    version = $9::text, load = $10::real, draining = $11::boolean, capacity = $12::jsonb
  FROM t, me WHERE w.name = $1::text AND w.session = $2::uuid AND w.beat < $6::bigint
  RETURNING w.seen_epoch
),
kept AS (
  INSERT INTO rxgst.leases AS l (channel, holder, session, epoch, expires_at, ttl_ms, claimed)
  SELECT held.channel, $1::text, $2::uuid, held.epoch, t.now + $5::int * interval '1 ms', $5::int, true
  FROM held, t, me ORDER BY held.channel
  ON CONFLICT (channel) DO UPDATE SET holder = excluded.holder, session = excluded.session,
    epoch = GREATEST(l.epoch, excluded.epoch), expires_at = excluded.expires_at, ttl_ms = excluded.ttl_ms,
    reserved_for = NULL, claimed = l.claimed OR l.epoch < excluded.epoch
  WHERE l.session = excluded.session OR l.epoch < excluded.epoch
  RETURNING l.channel, l.epoch, l.claimed
)
SELECT ${MS('t.now')}::float8 AS store_at, me.continuous,
  GREATEST($8::bigint, (SELECT max(seen_epoch) FROM rxgst.workers), (SELECT max(epoch) FROM kept)) AS seen_epoch,
  (
    SELECT COALESCE(jsonb_agg(jsonb_build_object(
      'channel', held.channel,
      'kept', kept.channel IS NOT NULL,
      'epoch', COALESCE(kept.epoch, l.epoch, held.epoch)::text,
      'holder', CASE WHEN kept.channel IS NULL THEN l.holder ELSE $1::text END,
      'claimed', COALESCE(kept.claimed, false))), '[]')
    FROM held LEFT JOIN kept USING (channel) LEFT JOIN rxgst.leases l ON l.channel = held.channel
  ) AS leases
FROM t, me, beat`

/** $1 session, $2 channel, $3 epoch, $4 successor */
export const RELEASE = `
WITH t AS MATERIALIZED (SELECT rxgst.clock() AS now)
UPDATE rxgst.leases l SET holder = NULL, session = NULL, claimed = false,
  reserved_for = CASE WHEN l.claimed OR ${expired('t.now')} THEN NULL ELSE $4::text END,
  expires_at = t.now +
    CASE WHEN l.claimed OR ${expired('t.now')} OR $4::text IS NULL THEN 0 ELSE l.ttl_ms END * interval '1 ms'
FROM t WHERE l.channel = $2::text AND l.session = $1::uuid AND l.epoch = $3::bigint
RETURNING l.channel`

/** $1 name, $2 session */
export const LEAVE = 'DELETE FROM rxgst.workers WHERE name = $1 AND session = $2'

export const LEASES = `
SELECT l.channel, l.epoch, l.holder, l.reserved_for, ${MS('l.expires_at - t.now')}::float8 AS expires_in_ms
FROM rxgst.leases l, (SELECT rxgst.clock() AS now) t ORDER BY l.channel`

export const WORKERS = `
SELECT w.name, w.version, w.load, w.draining, w.capacity, ${MS('t.now - w.heartbeat_at')}::float8 AS silent_ms
FROM rxgst.workers w, (SELECT rxgst.clock() AS now) t ORDER BY w.name`
