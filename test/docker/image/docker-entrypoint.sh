#!/bin/bash
# Entry point of the test images: the parts of the official images' contract that the tests use.
#   MARIADB_* or MYSQL_*: ROOT_PASSWORD | ALLOW_EMPTY_ROOT_PASSWORD | ALLOW_EMPTY_PASSWORD, ROOT_HOST (default %), DATABASE,
#   USER, PASSWORD. Arguments that begin with "-" are for the server; anything else is run as it is.
# The first start unpacks a data directory that the image brings, and makes the accounts with --init-file, never in the binary log.
# Not done: *_FILE, RANDOM_ROOT_PASSWORD, /docker-entrypoint-initdb.d.
set -eu
if [ -x /usr/sbin/mariadbd ]; then server=mariadbd; else server=mysqld; fi
[ $# -gt 0 ] || set -- "$server"
case $1 in
  -*) set -- "$server" "$@" ;;
  mysqld | mariadbd) shift; set -- "$server" "$@" ;;
  *) exec "$@" ;;
esac
setting() { local one="MARIADB_$1" other="MYSQL_$1"; echo "${!one:-${!other:-}}"; }
quoted() { local text=${1//\\/\\\\}; printf "'%s'" "${text//\'/\\\'}"; }
data=/var/lib/mysql
first=/run/mysqld/first-start.sql
if [ ! -d "$data/mysql" ]; then
  password=$(setting ROOT_PASSWORD); host=$(setting ROOT_HOST); host=${host:-%}
  database=$(setting DATABASE); user=$(setting USER)
  if [ -z "$password$(setting ALLOW_EMPTY_ROOT_PASSWORD)$(setting ALLOW_EMPTY_PASSWORD)" ]; then
    echo "database is uninitialized and password option is not specified: set MARIADB_ROOT_PASSWORD" >&2
    exit 1
  fi
  tar -xzf /usr/local/share/empty-data.tar.gz -C "$data"
  {
    echo "SET SESSION sql_log_bin=0;"
    [ "$server" != mariadbd ] ||
      printf '%s\n' "DELETE FROM mysql.global_priv WHERE User='' OR (User='root' AND Host<>'localhost');" "FLUSH PRIVILEGES;"
    echo "ALTER USER root@localhost IDENTIFIED BY $(quoted "$password");"
    echo "CREATE USER root@$(quoted "$host") IDENTIFIED BY $(quoted "$password");"
    echo "GRANT ALL ON *.* TO root@$(quoted "$host") WITH GRANT OPTION;"
    [ -z "$database" ] || echo "CREATE DATABASE IF NOT EXISTS \`$database\`;"
    [ -z "$user" ] || echo "CREATE USER $(quoted "$user")@'%' IDENTIFIED BY $(quoted "$(setting PASSWORD)");"
    [ -z "$user$database" ] || [ -z "$user" ] || [ -z "$database" ] ||
      echo "GRANT ALL ON \`$database\`.* TO $(quoted "$user")@'%';"
  } >"$first"
  chmod 600 "$first"
  set -- "$@" --init-file="$first"
else
  rm -f "$first"
fi
rm -f /run/mysqld/*.pid
chown -R mysql: "$data" /run/mysqld
exec "$@" --user=mysql
