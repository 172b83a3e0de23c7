-- psql reads the passwords itself, so that no list of processes has them.
\set owner_password `cat /run/secrets/owner`
\set worker_password `cat /run/secrets/worker`
\i /etc/rxgst/roles.sql
