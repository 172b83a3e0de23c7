-- What a worker may do: no table of its own, no change of the schema, no event taken back, no lease deleted.
GRANT USAGE ON SCHEMA rxgst TO rxgst_worker;
GRANT SELECT ON rxgst.schema_version TO rxgst_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON rxgst.workers, rxgst.channels TO rxgst_worker;
GRANT SELECT, INSERT, UPDATE ON rxgst.leases TO rxgst_worker;
-- Placements go with their channels.
GRANT SELECT, INSERT, UPDATE ON rxgst.placements TO rxgst_worker;
GRANT SELECT, INSERT, DELETE ON rxgst.drains TO rxgst_worker;
-- Number and time are the store's: a number from far ahead would have all others pruned.
GRANT SELECT, INSERT (worker, type, channel, user_name, message, data) ON rxgst.events TO rxgst_worker;
GRANT EXECUTE ON FUNCTION rxgst.prune_events() TO rxgst_worker;
