#!/bin/bash
# Entry point of the test images: the parts of the official images' contract that the tests use.
#   MARIADB_* or MYSQL_*: ROOT_PASSWORD | ALLOW_EMPTY_ROOT_PASSWORD | ALLOW_EMPTY_PASSWORD, ROOT_HOST (default %), DATABASE,
#   USER, PASSWORD. Arguments that begin with "-" are for the server; anything else is run as it is.
# As there, the first start checks the options, makes the data, runs a temporary server that nobody reaches over the network,
# makes the accounts there and ends it; only then the server starts that people see. What is about root and the health check
# stays out of the binary log; the database and the user of the settings are in it.
# Otherwise than there: the data directory is brought by the image, and --init-file says what a client says there.
# Not done: RANDOM_ROOT_PASSWORD, PASSWORD_HASH, /docker-entrypoint-initdb.d, time zones.
set -eu
if [ -x /usr/sbin/mariadbd ]; then server=mariadbd; else server=mysqld; fi
[ $# -gt 0 ] || set -- "$server"
case $1 in
  -*) set -- "$server" "$@" ;;
  mysqld | mariadbd) shift; set -- "$server" "$@" ;;
  *) exec "$@" ;;
esac
note() { echo "$(date --rfc-3339=seconds) [Note] [Entrypoint]: $*"; }
fail() { echo "$(date --rfc-3339=seconds) [ERROR] [Entrypoint]: $*" >&2; exit 1; }
# The official image of MySQL heeds no MARIADB_*.
setting() {
  local prefix name value=
  for prefix in MYSQL MARIADB; do
    [ "$prefix" = MYSQL ] || [ "$server" = mariadbd ] || continue
    name="${prefix}_$1"
    if [ -n "${!name:-}" ]; then value=${!name}; fi
    name="${name}_FILE"
    if [ -n "${!name:-}" ]; then value=$(<"${!name}"); fi
  done
  printf '%s' "$value"
}
quoted() { local text=${1//\\/\\\\}; printf "'%s'" "${text//\'/\\\'}"; }
data=/var/lib/mysql
first=/run/mysqld/first-start.sql
log=/run/mysqld/first-start.log
accounts() {
  local password host database user it
  password=$(quoted "$(setting ROOT_PASSWORD)")
  host=$(setting ROOT_HOST); host=$(quoted "${host:-%}")
  database=$(setting DATABASE); user=$(setting USER)
  echo "SET SESSION sql_log_bin=0;"
  if [ "$server" = mariadbd ]; then
    echo "DELETE FROM mysql.global_priv WHERE User='' OR (User='root' AND Host<>'localhost');"
    echo "FLUSH PRIVILEGES;"
    for it in 127.0.0.1 ::1 localhost; do
      echo "CREATE USER healthcheck@'$it' IDENTIFIED BY '$RANDOM$RANDOM$RANDOM';"
    done
  fi
  echo "ALTER USER root@localhost IDENTIFIED BY $password;"
  if [ "$host" != "'localhost'" ]; then
    echo "CREATE USER root@$host IDENTIFIED BY $password;"
    echo "GRANT ALL ON *.* TO root@$host WITH GRANT OPTION;"
  fi
  echo "SET SESSION sql_log_bin=@@GLOBAL.log_bin;"
  [ -z "$database" ] || echo "CREATE DATABASE IF NOT EXISTS \`$database\`;"
  [ -n "$user" ] || return 0
  echo "CREATE USER $(quoted "$user")@'%' IDENTIFIED BY $(quoted "$(setting PASSWORD)");"
  [ -z "$database" ] || echo "GRANT ALL ON \`$database\`.* TO $(quoted "$user")@'%';"
}
if [ ! -d "$data/mysql" ]; then
  if [ -z "$(setting ROOT_PASSWORD)$(setting ALLOW_EMPTY_ROOT_PASSWORD)$(setting ALLOW_EMPTY_PASSWORD)" ]; then
    fail "Database is uninitialized and password option is not specified: set MYSQL_ROOT_PASSWORD or, of MariaDB, MARIADB_ROOT_PASSWORD"
  fi
  wrong=$("$@" --user=mysql --verbose --help 2>&1 >/dev/null) || fail "$server failed while attempting to check config: $wrong"
  note "Initializing database files"
  tar -xzf /usr/local/share/empty-data.tar.gz -C "$data"
  accounts >"$first"
  chmod 600 "$first"
  chown -R mysql: "$data" /run/mysqld
  "$@" --user=mysql --skip-networking --default-time-zone=SYSTEM --init-file="$first" >"$log" 2>&1 &
  temporary=$!
  note "Waiting for server startup"
  # It is told after the file was run.
  until grep -q ': ready for connections' "$log" 2>/dev/null; do
    kill -0 "$temporary" 2>/dev/null || { cat "$log" >&2; fail "Unable to start server."; }
    sleep 0.05
  done
  note "Temporary server started."
  kill "$temporary"
  wait "$temporary" || { cat "$log" >&2; fail "The temporary server did not end well."; }
  cat "$log" >&2
  rm -f "$first" "$log"
  note "Temporary server stopped"
  note "Init process done. Ready for start up."
fi
rm -f /run/mysqld/*.pid
chown -R mysql: "$data" /run/mysqld
exec "$@" --user=mysql
