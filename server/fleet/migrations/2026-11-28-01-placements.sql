-- Where channels shall run and what they take; workers that are to be drained. min_version: 1
CREATE TABLE rxgst.placements (
  channel text PRIMARY KEY REFERENCES rxgst.channels ON DELETE CASCADE,
  -- As measured where it ran last.
  cost_cores double precision CHECK (cost_cores BETWEEN 0 AND 10000),
  -- Names of workers, of which some may not be there yet, or no more.
  preferred_worker text CHECK (length(preferred_worker) BETWEEN 1 AND 63),
  next_worker text CHECK (length(next_worker) BETWEEN 1 AND 63),
  next_ready boolean NOT NULL DEFAULT false,
  CHECK (next_worker IS NOT NULL OR NOT next_ready)
) WITH (fillfactor = 50);

-- Not in workers: a worker that leaves and comes back is still to be drained.
CREATE TABLE rxgst.drains (
  worker text PRIMARY KEY CHECK (length(worker) BETWEEN 1 AND 63),
  wished_by text NOT NULL CHECK (length(wished_by) <= 200),
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- As a change of another table, whose rows these belong to. Workers of before know that one.
CREATE FUNCTION rxgst.tell_of() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('rxgst_fleet', TG_ARGV[0] || ' ' ||
    COALESCE(to_jsonb(NEW) ->> TG_ARGV[1], to_jsonb(OLD) ->> TG_ARGV[1]));
  RETURN NULL;
END $$;

-- Costs are no news; neither is a row that goes with its channel.
CREATE TRIGGER told_insert AFTER INSERT ON rxgst.placements FOR EACH ROW
  WHEN (NEW.preferred_worker IS NOT NULL OR NEW.next_worker IS NOT NULL)
  EXECUTE FUNCTION rxgst.tell_of('channels', 'channel');
CREATE TRIGGER told AFTER UPDATE ON rxgst.placements FOR EACH ROW
  WHEN (OLD.preferred_worker IS DISTINCT FROM NEW.preferred_worker
    OR OLD.next_worker IS DISTINCT FROM NEW.next_worker OR OLD.next_ready <> NEW.next_ready)
  EXECUTE FUNCTION rxgst.tell_of('channels', 'channel');
CREATE TRIGGER told AFTER INSERT OR DELETE ON rxgst.drains FOR EACH ROW
  EXECUTE FUNCTION rxgst.tell_of('workers', 'worker');
