-- Rows of workers that are gone for good, and leases of channels that were deleted. min_version: 1

-- Its number of heartbeats when rows were pruned last: after a jump of the clock the time alone would say too little.
ALTER TABLE rxgst.workers ADD COLUMN idle_beat bigint;

-- What alone knows of an epoch stays.
CREATE FUNCTION rxgst.prune_rows() RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
  DELETE FROM rxgst.leases l
  WHERE l.expires_at < rxgst.clock() - interval '30 days'
    AND NOT EXISTS (SELECT FROM rxgst.channels c WHERE c.name = l.channel)
    AND (l.holder IS NULL OR NOT EXISTS (SELECT FROM rxgst.workers w WHERE w.name = l.holder))
    AND l.epoch <= (SELECT max(w.seen_epoch) FROM rxgst.workers w
      WHERE w.heartbeat_at > rxgst.clock() - interval '1 day');
  DELETE FROM rxgst.workers w
  WHERE w.idle_beat = w.beat AND w.heartbeat_at < rxgst.clock() - interval '30 days'
    AND w.seen_epoch <= (SELECT max(o.seen_epoch) FROM rxgst.workers o
      WHERE o.heartbeat_at > rxgst.clock() - interval '1 day');
  -- Last: heartbeats wait for it.
  UPDATE rxgst.workers w SET idle_beat = w.beat WHERE w.idle_beat IS DISTINCT FROM w.beat;
$$;
REVOKE ALL ON FUNCTION rxgst.prune_rows() FROM PUBLIC;

-- Workers of all versions call this one.
CREATE OR REPLACE FUNCTION rxgst.prune_events() RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  gone bigint;
BEGIN
  DELETE FROM rxgst.events
  WHERE id <= (SELECT max(id) - 100000 FROM rxgst.events) OR at < clock_timestamp() - interval '90 days';
  GET DIAGNOSTICS gone = ROW_COUNT;
  PERFORM rxgst.prune_rows();
  RETURN gone;
END $$;
