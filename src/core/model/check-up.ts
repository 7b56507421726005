import type { InstanceKey } from './instance.ts';
import type { Phrase } from './phrase.ts';
import type { SettingName } from './setting.ts';

/** An entry of a server's user table; never its password. */
export interface DatabaseAccount {
  readonly user: string;
  /** A pattern: `%`, `172.20.0.%`. */
  readonly host: string;
  /** How it proves who it is; absent where that was not told. */
  readonly plugin?: string;
  /** What it has to show besides its password: `REQUIRE SSL`, or a certificate of its own; absent for nothing. */
  readonly demands?: 'tls' | 'certificate';
  /** Why it lets nobody in as it is; absent where nothing tells so. `unloaded`: its server does not run the plugin. */
  readonly shut?: 'locked' | 'expired' | 'unloaded';
  /** `plugin` is one of several ways to prove it (MariaDB). */
  readonly hasOtherPlugins?: true;
}

/** What one server answered to the doctor's questions, which no ordinary round asks. Null: it could not be asked. */
export interface CheckUp {
  readonly instance: InstanceKey;
  /** As the server spells them; what it does not know is absent. */
  readonly settings: Readonly<Partial<Record<SettingName, string>>>;
  /** Since when `read_only` has its value; `sql`: since the start, so that an option file cannot be seen behind it. */
  readonly readOnlyFrom: 'option-file' | 'persisted' | 'sql' | null;
  /** After how long without a transaction its source says that it lives. */
  readonly heartbeatSeconds: number | null;
  /** How often its receiver tries to connect before it gives up. */
  readonly retryCount: number | null;
  /** Its clock minus ours in milliseconds, and how far that may be wrong: half of the round trip. */
  readonly clock: { readonly skewMs: number; readonly withinMs: number } | null;
  /** Rights that our user lacks for what the settings let us do. */
  readonly missingRights: readonly string[] | null;
  /** Rights that our user lacks to see which rights and locks others hold; everything else works without. */
  readonly missingSight?: readonly string[];
  /** Our user, as the server knows it, and whether it may create accounts that replicate. */
  readonly ourUser: {
    readonly account: DatabaseAccount;
    readonly mayCreateAccounts: boolean;
  } | null;
  /** How many connections our user may hold there at a time; null where there is no limit of its own. */
  readonly maxOwnConnections?: number | null;
  /** Accounts of the users that replicas log in with, and of the one that the settings name. */
  readonly accounts: readonly DatabaseAccount[] | null;
  /** Whether the user and password of the settings were let in, from this machine. */
  readonly replicationLogin: 'accepted' | 'denied' | null;
  readonly disks: readonly { readonly path: string; readonly freeShare: number }[] | null;
  /** What could not be asked, and why: one sentence each. */
  readonly unasked: readonly Phrase[];
}
