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
-- Three connections a worker; 100 workers, and one that is being started anew.
CREATE ROLE rxgst_fleet LOGIN PASSWORD :'worker_password' CONNECTION LIMIT 303 IN ROLE rxgst_worker;
CREATE DATABASE rxgst OWNER rxgst_owner;
REVOKE ALL ON DATABASE rxgst FROM PUBLIC;
GRANT CONNECT ON DATABASE rxgst TO rxgst_worker;
