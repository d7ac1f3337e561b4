# Sourced: starts a PostgreSQL of its own on a free port of 127.0.0.1, in a temporary folder, and sets TEST_DATABASE_URL.
# stop_postgresql ends it; so does the end of the shell that sourced this.

source "$(dirname "${BASH_SOURCE[0]}")/at_end.sh"

postgresql_folder=$(mktemp -d -t twinrail-postgresql-XXXXXX)
postgresql_port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
postgresql_programs=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)

# PostgreSQL refuses to run as root.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi
}

stop_postgresql() {
  if [ -d "$postgresql_folder" ]; then
    (cd / && as_postgres "$postgresql_programs/pg_ctl" -D "$postgresql_folder/data" -m immediate stop >/dev/null 2>&1) || true
    rm -rf "$postgresql_folder"
  fi
}
at_end stop_postgresql

if [ "$(id -u)" = 0 ]; then chown postgres "$postgresql_folder"; fi
(
  cd /
  as_postgres "$postgresql_programs/initdb" -D "$postgresql_folder/data" -A trust -U postgres >/dev/null
  as_postgres "$postgresql_programs/pg_ctl" -D "$postgresql_folder/data" -l "$postgresql_folder/log" -w \
    -o "-h 127.0.0.1 -p $postgresql_port -k $postgresql_folder" start >/dev/null
)
export TEST_DATABASE_URL="postgresql+psycopg://postgres@127.0.0.1:$postgresql_port/postgres"
