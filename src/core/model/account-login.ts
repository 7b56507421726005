import { fittingAccounts } from './account-demand.ts';
import type { DatabaseAccount } from './check-up.ts';
import type { Server } from './instance.ts';
import { phrase, type Phrase } from './phrase.ts';
import { pluginUse, type PluginUse } from './plugin-use.ts';

/** Why a replica cannot log in to a source, and what to do. */
export interface LoginFault {
  /** Of the source as "there", without a full stop. */
  readonly says: Phrase;
  readonly advice: Phrase;
  /** False where the replica can if it was set up for the plugin: one that logs in so today proves that. */
  readonly certain: boolean;
  readonly plugin: string | undefined;
}

/** Who logs in, and from where. */
export interface LoggingIn {
  readonly user: string | null;
  readonly host: string;
  readonly server: Pick<Server, 'flavor' | 'release' | 'version'>;
}

/**
 * Why none of the accounts that fit lets a replica in, as far as they tell; undefined where one may. The fault is that of
 * the first.
 */
export function loginFault(
  accounts: readonly DatabaseAccount[],
  replica: LoggingIn,
): LoginFault | undefined {
  const faults = fittingAccounts(accounts, replica.user, replica.host).map((it) =>
    faultOf(it, replica),
  );
  const known = faults.filter((it) => it !== undefined);
  return known.length === faults.length ? known[0] : undefined;
}

/** Whether an account of this user is there that proves who it is in this way. */
export function usesPlugin(
  accounts: readonly DatabaseAccount[],
  user: string | null,
  plugin: string | undefined,
): boolean {
  return plugin !== undefined && accounts.some((it) => it.user === user && it.plugin === plugin);
}

/** `caching_sha2_password` and its older sister send a password only over TLS, or to one whose key is known. */
export function needsTlsOrKey(
  accounts: readonly DatabaseAccount[],
  user: string | null,
  host: string,
): boolean {
  const fitting = fittingAccounts(accounts, user, host);
  return (
    fitting.length > 0 &&
    fitting.every((it) => it.plugin === 'caching_sha2_password' || it.plugin === 'sha256_password')
  );
}

function faultOf(account: DatabaseAccount, replica: LoggingIn): LoginFault | undefined {
  const { shut, plugin, user, hasOtherPlugins = false } = account;
  if (shut !== undefined && !(shut === 'unloaded' && hasOtherPlugins)) {
    return { ...shutBy(shut, account), certain: true, plugin };
  }
  if (plugin === undefined || hasOtherPlugins) return undefined;
  const use = pluginUse(plugin, replica.server);
  if (use === 'yes') return undefined;
  return {
    says: pluginFault(use, { user, plugin, version: replica.server.version }),
    advice: changeIt,
    certain: use !== 'perhaps',
    plugin,
  };
}

const changeIt = phrase(
  'Give it a way to log in that every replica knows, with ALTER USER on the master.',
);

function shutBy(
  shut: NonNullable<DatabaseAccount['shut']>,
  { user, plugin = '?' }: DatabaseAccount,
): Pick<LoginFault, 'says' | 'advice'> {
  switch (shut) {
    case 'locked':
      return {
        says: phrase("the account of '{user}' is locked there", { user }),
        advice: phrase('Unlock it on the master with ALTER USER ... ACCOUNT UNLOCK.'),
      };
    case 'expired':
      return {
        says: phrase("the password of '{user}' has expired there", { user }),
        advice: phrase('Set it anew on the master with ALTER USER ... IDENTIFIED BY.'),
      };
    case 'unloaded':
      return {
        says: phrase("'{user}' logs in with {plugin}, which is not loaded there", { user, plugin }),
        advice: changeIt,
      };
    default:
      return shut satisfies never;
  }
}

function pluginFault(
  use: Exclude<PluginUse, 'yes'>,
  values: { readonly user: string; readonly plugin: string; readonly version: string },
): Phrase {
  const { user, plugin, version } = values;
  switch (use) {
    case 'local':
      return phrase("'{user}' logs in with {plugin} there, which no network connection can use", {
        user,
        plugin,
      });
    case 'no':
      return phrase("'{user}' logs in with {plugin} there, which {version} cannot use", {
        user,
        plugin,
        version,
      });
    case 'perhaps':
      return phrase(
        "'{user}' logs in with {plugin} there, which {version} can only use if it was set up for it",
        { user, plugin, version },
      );
    default:
      return use satisfies never;
  }
}
