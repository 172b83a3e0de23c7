-- Workers, desired state, leases and events of a fleet. min_version: 1
CREATE SCHEMA IF NOT EXISTS rxgst;

CREATE TABLE rxgst.schema_version (
  version integer PRIMARY KEY,
  name text NOT NULL,
  -- Workers that know no version from here on refuse the schema.
  min_version integer NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The one clock of all leases. A function, so that a test can have an hour pass.
CREATE FUNCTION rxgst.clock() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT clock_timestamp()';

CREATE TABLE rxgst.workers (
  name text PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 63),
  -- The process that has the name now.
  session uuid NOT NULL,
  heartbeat_at timestamptz NOT NULL,
  joined_at timestamptz NOT NULL,
  ttl_ms integer NOT NULL CHECK (ttl_ms BETWEEN 1000 AND 600000),
  -- The number of the last heartbeat, and the first one since which the store has been as this process left it.
  beat bigint NOT NULL,
  unbroken_since bigint NOT NULL,
  seen_epoch bigint NOT NULL,
  version text NOT NULL CHECK (length(version) <= 100),
  load real NOT NULL,
  draining boolean NOT NULL,
  capacity jsonb NOT NULL CHECK (length(capacity::text) <= 10000)
) WITH (fillfactor = 50);

-- Desired state. The worker that runs a channel is in leases.
CREATE TABLE rxgst.channels (
  name text PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 63),
  document jsonb NOT NULL CHECK (length(document::text) <= 1000000),
  -- Of the document, not of this schema.
  document_version integer NOT NULL,
  etag text NOT NULL,
  changed_at timestamptz NOT NULL,
  changed_by text NOT NULL CHECK (length(changed_by) <= 200)
);

-- Half of each page stays free and no index has expires_at, so that a renewal changes a row in its page.
CREATE TABLE rxgst.leases (
  channel text PRIMARY KEY CHECK (length(channel) BETWEEN 1 AND 63),
  holder text,
  session uuid,
  epoch bigint NOT NULL CHECK (epoch > 0),
  expires_at timestamptz NOT NULL,
  ttl_ms integer NOT NULL CHECK (ttl_ms BETWEEN 1000 AND 600000),
  reserved_for text,
  -- Its holder had it before a restore, and has claimed it back. An acquire ends that.
  claimed boolean NOT NULL DEFAULT false,
  CHECK ((holder IS NULL) = (session IS NULL))
) WITH (fillfactor = 50);

CREATE TABLE rxgst.events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  worker text NOT NULL CHECK (length(worker) <= 63),
  type text NOT NULL CHECK (length(type) <= 100),
  channel text CHECK (length(channel) <= 63),
  user_name text CHECK (length(user_name) <= 200),
  message text NOT NULL CHECK (length(message) <= 10000),
  data jsonb NOT NULL DEFAULT '{}' CHECK (length(data::text) <= 100000)
);

-- Numbers of events are given in the order of their commits: who reads behind a number misses none.
CREATE FUNCTION rxgst.events_in_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7216, 2);
  RETURN NULL;
END $$;
CREATE TRIGGER in_turn BEFORE INSERT ON rxgst.events FOR EACH STATEMENT EXECUTE FUNCTION rxgst.events_in_turn();

-- Workers may not delete events: this removes those beyond the newest 100,000 and those older than 90 days.
CREATE FUNCTION rxgst.prune_events() RETURNS bigint LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
  WITH gone AS (
    DELETE FROM rxgst.events
    WHERE id <= (SELECT max(id) - 100000 FROM rxgst.events) OR at < clock_timestamp() - interval '90 days'
    RETURNING 1
  )
  SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION rxgst.prune_events() FROM PUBLIC;

-- Payload: the table, and the key of the row.
CREATE FUNCTION rxgst.tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('rxgst_fleet', TG_TABLE_NAME || ' ' ||
    COALESCE(to_jsonb(NEW) ->> TG_ARGV[0], to_jsonb(OLD) ->> TG_ARGV[0]));
  RETURN NULL;
END $$;

-- Renewals and heartbeats are no news.
CREATE TRIGGER told_insert AFTER INSERT ON rxgst.leases FOR EACH ROW EXECUTE FUNCTION rxgst.tell('channel');
CREATE TRIGGER told AFTER UPDATE ON rxgst.leases FOR EACH ROW
  WHEN (OLD.session IS DISTINCT FROM NEW.session OR OLD.epoch <> NEW.epoch
    OR OLD.reserved_for IS DISTINCT FROM NEW.reserved_for)
  EXECUTE FUNCTION rxgst.tell('channel');
CREATE TRIGGER told_insert AFTER INSERT OR DELETE ON rxgst.workers FOR EACH ROW EXECUTE FUNCTION rxgst.tell('name');
CREATE TRIGGER told AFTER UPDATE ON rxgst.workers FOR EACH ROW
  WHEN (OLD.session <> NEW.session OR OLD.draining <> NEW.draining)
  EXECUTE FUNCTION rxgst.tell('name');
CREATE TRIGGER told AFTER INSERT OR UPDATE OR DELETE ON rxgst.channels FOR EACH ROW
  EXECUTE FUNCTION rxgst.tell('name');
CREATE TRIGGER told AFTER INSERT ON rxgst.events FOR EACH ROW EXECUTE FUNCTION rxgst.tell('id');
