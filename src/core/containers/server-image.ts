const serverImage =
  /(^|\/)(mysql|mariadb|percona)([-_](community|enterprise|cluster))?([-_]server)?(:|@|$)/i;
const serverVariable =
  /^(MYSQL|MARIADB)_(ROOT_PASSWORD|ROOT_PASSWORD_FILE|ROOT_HOST|ALLOW_EMPTY(_ROOT)?_PASSWORD|RANDOM_ROOT_PASSWORD|ROOT_PASSWORD_HASH)$/;

/** By its name alone, such as `registry:5000/mysql/mysql-server:8.0`; a name may hide a server, and then the variables tell. */
export function isServerImage(name: string): boolean {
  return serverImage.test(name);
}

/** A variable of the environment, by its name, that only the images of servers heed. */
export function isServerVariable(name: string): boolean {
  return serverVariable.test(name);
}
