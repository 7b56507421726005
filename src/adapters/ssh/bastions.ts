import type { Duplex } from 'node:stream';
import type { SshSettings } from '../../config/settings.ts';
import type { SshQuestions } from '../../config/ssh-questions.ts';
import type { Clock } from '../../core/ports.ts';
import type { Dial } from '../dial.ts';
import type { EngineWay } from '../docker/docker-endpoint.ts';
import { Bastion } from './bastion.ts';
import { KeyRing } from './key-ring.ts';
import { routeOf, type SshPlace } from './route.ts';

export interface BastionsOptions {
  readonly place: SshPlace;
  readonly questions: SshQuestions;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

/** All SSH hosts of this process: whoever names the same one shares its connection. */
export class Bastions {
  readonly #options: BastionsOptions;
  readonly #bastions = new Map<string, Bastion>();
  readonly #keyRing = new KeyRing();

  constructor(options: BastionsOptions) {
    this.#options = options;
  }

  /** The way to servers behind this host. Nothing is opened before it is used. */
  dial(settings: SshSettings): Dial {
    return this.#bastion(settings);
  }

  /**
   * The way to the Docker (or Podman) of this host; `path`: its socket there, the usual one unless told. It goes
   * straight to the socket, and where the host forbids that, through `docker system dial-stdio`, as `docker` itself does.
   * An SSH host allows about ten of the latter at once.
   */
  docker(settings: SshSettings, path?: string): EngineWay {
    const bastion = this.#bastion(settings);
    const open = (): Duplex =>
      bastion.stream(async (connection) => {
        try {
          return await connection.forwardSocket(path ?? '/var/run/docker.sock');
        } catch {
          const host = path === undefined ? '' : ` --host ${quoted(`unix://${path}`)}`;
          return connection.run(`docker${host} system dial-stdio`);
        }
      });
    return { prepare: (signal) => bastion.prepare(signal), open };
  }

  close(): void {
    this.#bastions.forEach((it) => {
      it.close();
    });
  }

  #bastion(settings: SshSettings): Bastion {
    const { host, port, user, key } = settings;
    const name = JSON.stringify([host, port, user, key]);
    const known = this.#bastions.get(name);
    if (known !== undefined) {
      return known;
    }
    const { place, questions, clock, log } = this.#options;
    const route = (): ReturnType<typeof routeOf> => routeOf(settings, place);
    const made = new Bastion({ host, route, questions, keyRing: this.#keyRing, clock, log });
    this.#bastions.set(name, made);
    return made;
  }
}

/** One word for the shell of the far host. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
