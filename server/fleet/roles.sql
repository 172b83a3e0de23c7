-- Roles and database of a fleet, once, as an administrator of PostgreSQL 15 or later:
--
--   \set owner_password '…'
--   \set worker_password '…'
--   \i roles.sql
--
-- rxgst_owner has the database and changes its schema; workers connect as rxgst_fleet, which is in rxgst_worker and has
-- the rights of grants.sql alone.
\set ON_ERROR_STOP on
CREATE ROLE rxgst_worker NOLOGIN;
CREATE ROLE rxgst_owner LOGIN PASSWORD :'owner_password';
-- For 100 workers: three connections each, and one more each for those that the server has not noticed to be gone: all
-- that a network or a power cut took, and statements that their worker has given up. ALTER ROLE changes it.
CREATE ROLE rxgst_fleet LOGIN PASSWORD :'worker_password' CONNECTION LIMIT 400 IN ROLE rxgst_worker;
-- A worker that is gone without a word is noticed within 25 s, so that its connections and locks are free.
ALTER ROLE rxgst_fleet SET tcp_keepalives_idle = 10;
ALTER ROLE rxgst_fleet SET tcp_keepalives_interval = 5;
ALTER ROLE rxgst_fleet SET tcp_keepalives_count = 3;
ALTER ROLE rxgst_fleet SET tcp_user_timeout = 25000;
-- An administrator who is no superuser has to be in the role that the database is for.
GRANT rxgst_owner TO CURRENT_USER;
CREATE DATABASE rxgst OWNER rxgst_owner;
REVOKE rxgst_owner FROM CURRENT_USER;
REVOKE ALL ON DATABASE rxgst FROM PUBLIC;
GRANT CONNECT ON DATABASE rxgst TO rxgst_worker;
