import { docker, makeSandbox, sqlIn, type Sandbox } from '../docker/containers.ts';

export const names = ['db001', 'db002', 'db003'] as const;

/**
 * What the client of this project had: three containers on one network, made by plain `docker` commands, replicating by
 * hand-typed statements. The last replica was given a wrong password, and so never got in at its source. There is no
 * user for Switchover yet. `words`: for each `docker run`.
 */
export async function threeContainers(words: readonly string[] = []): Promise<Sandbox> {
  const sandbox = await makeSandbox('mybridge');
  try {
    for (const name of names) {
      await sandbox.runServer(name, { words: ['--publish', '127.0.0.1::3306', ...words] });
    }
    await sqlIn(
      'db001',
      `CREATE USER repl@'%' IDENTIFIED BY 'repl'; GRANT REPLICATION SLAVE ON *.* TO repl@'%';
       CREATE DATABASE shop; CREATE TABLE shop.orders (id INT PRIMARY KEY AUTO_INCREMENT, note VARCHAR(64));
       INSERT INTO shop.orders (note) VALUES ('the first')`,
    );
    for (const [name, password] of [
      ['db002', 'repl'],
      ['db003', 'rep1'],
    ] as const) {
      await sqlIn(
        name,
        `CHANGE MASTER TO MASTER_HOST='db001', MASTER_USER='repl', MASTER_PASSWORD='${password}',
         MASTER_CONNECT_RETRY=1, MASTER_USE_GTID=slave_pos; START SLAVE; SET GLOBAL read_only=1`,
      );
    }
    return sandbox;
  } catch (error) {
    await sandbox.remove();
    throw error;
  }
}

/** One column of a replica's status in a container, as the server gives it; empty when it reads from nobody. */
export async function statusOf(container: string, column: string): Promise<string> {
  const words = ['exec', '--env', 'MYSQL_PWD=root', container, 'mariadb', '--host=127.0.0.1'];
  const text = await docker(...words, '--user=root', '-e', 'SHOW SLAVE STATUS\\G');
  return new RegExp(`^\\s*${column}: (.*)$`, 'm').exec(text)?.[1] ?? '';
}

/** `0` or `1`. */
export function readOnlyOf(container: string): Promise<string> {
  return sqlIn(container, 'SELECT @@read_only');
}
