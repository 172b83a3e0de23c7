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
  `(l.expires_at < ${now} OR l.expires_at > ${now} + l.ttl_ms * 4 / 3.0 * interval '1 ms')`

/** $1 name, $2 session, $3 previous sessions, $4 ttl ms, $5 seen epoch, $6 … $9 version, load, draining, capacity */
export const REGISTER = `
WITH t AS MATERIALIZED (SELECT rxgst.clock() AS now),
before AS (
  SELECT w.session, t.now >= w.heartbeat_at AND t.now <= w.heartbeat_at + w.ttl_ms * interval '1 ms' AS fresh
  FROM rxgst.workers w, t WHERE w.name = $1::text
),
named AS (
  INSERT INTO rxgst.workers AS w
    (name, session, heartbeat_at, joined_at, ttl_ms, seen_epoch, version, load, draining, capacity)
  SELECT $1::text, $2::uuid, t.now, t.now, $4::int, $5::bigint, $6::text, $7::real, $8::boolean, $9::jsonb FROM t
  ON CONFLICT (name) DO UPDATE SET session = excluded.session, heartbeat_at = excluded.heartbeat_at,
    joined_at = excluded.joined_at, ttl_ms = excluded.ttl_ms, version = excluded.version, load = excluded.load,
    draining = excluded.draining, capacity = excluded.capacity,
    seen_epoch = GREATEST(w.seen_epoch, excluded.seen_epoch)
  WHERE w.session = excluded.session OR w.session = ANY($3::uuid[])
    OR excluded.heartbeat_at < w.heartbeat_at
    OR excluded.heartbeat_at > w.heartbeat_at + w.ttl_ms * interval '1 ms'
  RETURNING w.name
),
inherited AS (
  UPDATE rxgst.leases l SET session = $2::uuid FROM named, before
  WHERE l.session = before.session AND before.fresh AND before.session = ANY($3::uuid[])
  RETURNING l.channel
)
SELECT EXISTS (SELECT FROM named) AS named`

/** $1 name, $2 session, $3 channel, $4 ttl ms, $5 age ms, $6 attended ms, $7 seen epoch */
export const ACQUIRE = `
WITH t AS MATERIALIZED (SELECT rxgst.clock() AS now),
me AS (
  SELECT ${MS('t.now - w.heartbeat_at')} BETWEEN 0 AND $5::float8 + $4::int / 3.0 AS continuous
  FROM rxgst.workers w, t WHERE w.name = $1::text AND w.session = $2::uuid
),
fleet AS (
  SELECT COALESCE(max(w.seen_epoch), 0) AS seen_epoch, count(*) FILTER (WHERE w.name <> $1::text) = 0 AS alone
  FROM rxgst.workers w
),
taken AS (
  INSERT INTO rxgst.leases AS l (channel, holder, session, epoch, expires_at, ttl_ms, reserved_for)
  SELECT $3::text, $1::text, $2::uuid,
    GREATEST(1, $7::bigint + 1, fleet.seen_epoch + 1, floor(${MS('t.now')})::bigint),
    t.now + $4::int * interval '1 ms', $4::int, NULL
  FROM t, me, fleet
  WHERE me.continuous
    AND ($6::float8 >= $4::int OR fleet.alone OR EXISTS (SELECT FROM rxgst.leases WHERE channel = $3::text))
  ON CONFLICT (channel) DO UPDATE SET holder = excluded.holder, session = excluded.session,
    epoch = GREATEST(l.epoch + 1, excluded.epoch), expires_at = excluded.expires_at, ttl_ms = excluded.ttl_ms,
    reserved_for = NULL
  WHERE CASE
    WHEN (l.session = $2::uuid OR (l.session IS NULL AND l.reserved_for = $1::text))
      AND NOT ${expired('(SELECT now FROM t)')} THEN true
    ELSE ((l.session IS NULL AND l.reserved_for IS NULL) OR ${expired('(SELECT now FROM t)')})
      AND ($6::float8 >= GREATEST($4::int, l.ttl_ms) OR (SELECT alone FROM fleet))
  END
  RETURNING l.epoch
)
SELECT (SELECT epoch FROM taken) AS epoch,
  EXISTS (SELECT FROM me) AS known,
  COALESCE((SELECT continuous FROM me), false) AS continuous,
  (SELECT alone FROM fleet) AS alone,
  l.holder,
  l.channel IS NULL OR (l.session IS NULL AND l.reserved_for IS NULL) OR ${expired('t.now')} AS free
FROM t LEFT JOIN rxgst.leases l ON l.channel = $3::text`

/** $1 name, $2 session, $3 channels, $4 their epochs, $5 ttl ms, $6 seen epoch, $7 … $10 as $6 … $9 above */
export const RENEW = `
WITH t AS MATERIALIZED (SELECT rxgst.clock() AS now),
held AS MATERIALIZED (SELECT * FROM unnest($3::text[], $4::bigint[]) AS held(channel, epoch)),
me AS (
  SELECT ${MS('t.now - w.heartbeat_at')}::float8 AS elapsed_ms
  FROM rxgst.workers w, t WHERE w.name = $1::text AND w.session = $2::uuid
),
beat AS (
  UPDATE rxgst.workers w SET heartbeat_at = t.now, ttl_ms = $5::int, seen_epoch = GREATEST(w.seen_epoch, $6::bigint),
    version = $7::text, load = $8::real, draining = $9::boolean, capacity = $10::jsonb
  FROM t WHERE w.name = $1::text AND w.session = $2::uuid
  RETURNING w.seen_epoch
),
kept AS (
  INSERT INTO rxgst.leases AS l (channel, holder, session, epoch, expires_at, ttl_ms, reserved_for)
  SELECT held.channel, $1::text, $2::uuid, held.epoch, t.now + $5::int * interval '1 ms', $5::int, NULL
  FROM held, t, me ORDER BY held.channel
  ON CONFLICT (channel) DO UPDATE SET holder = excluded.holder, session = excluded.session,
    epoch = GREATEST(l.epoch, excluded.epoch), expires_at = excluded.expires_at, ttl_ms = excluded.ttl_ms,
    reserved_for = NULL
  WHERE l.session = excluded.session OR l.epoch < excluded.epoch
  RETURNING l.channel, l.epoch
)
SELECT me.elapsed_ms,
  GREATEST($6::bigint, (SELECT max(seen_epoch) FROM rxgst.workers), (SELECT max(epoch) FROM kept)) AS seen_epoch,
  (
    SELECT COALESCE(jsonb_agg(jsonb_build_object(
      'channel', held.channel,
      'kept', kept.channel IS NOT NULL,
      'epoch', COALESCE(kept.epoch, l.epoch, held.epoch)::text,
      'holder', CASE WHEN kept.channel IS NULL THEN l.holder ELSE $1::text END,
      'claimed', kept.channel IS NOT NULL AND (l.channel IS NULL OR l.epoch < held.epoch))), '[]')
    FROM held LEFT JOIN kept USING (channel) LEFT JOIN rxgst.leases l ON l.channel = held.channel
  ) AS leases
FROM me, beat`

/** $1 session, $2 channel, $3 epoch, $4 successor */
export const RELEASE = `
UPDATE rxgst.leases l SET holder = NULL, session = NULL, reserved_for = $4::text,
  expires_at = rxgst.clock() + CASE WHEN $4::text IS NULL THEN 0 ELSE l.ttl_ms END * interval '1 ms'
WHERE l.channel = $2::text AND l.session = $1::uuid AND l.epoch = $3::bigint
RETURNING l.channel`

/** $1 name, $2 session */
export const LEAVE = 'DELETE FROM rxgst.workers WHERE name = $1 AND session = $2'

export const LEASES = `
SELECT l.channel, l.epoch, l.holder, l.reserved_for, ${MS('l.expires_at - t.now')}::float8 AS expires_in_ms
FROM rxgst.leases l, (SELECT rxgst.clock() AS now) t ORDER BY l.channel`

export const WORKERS = `
SELECT w.name, w.version, w.load, w.draining, w.capacity, ${MS('t.now - w.heartbeat_at')}::float8 AS silent_ms
FROM rxgst.workers w, (SELECT rxgst.clock() AS now) t ORDER BY w.name`
