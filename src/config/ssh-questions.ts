/** A host that no known_hosts file knows. */
export interface UnknownHost {
  /** As the settings or `~/.ssh/config` name it. */
  readonly host: string;
  readonly port: number;
  /** e.g. `ssh-ed25519`. */
  readonly keyType: string;
  /** As `ssh` shows it: `SHA256:...`. */
  readonly fingerprint: string;
  /** The known_hosts file that a trusted key is added to. */
  readonly file: string;
  /** Keys of other types of the same host are known already: somebody may be in between. */
  readonly hasOtherKeys: boolean;
}

/** What only a person can tell. Asked beside the rounds: an answer may take its time. */
export interface SshQuestions {
  /** The passphrase of an encrypted key; `wasWrong`: the one before did not open it. undefined when nobody tells. */
  passphrase(keyFile: string, wasWrong: boolean): Promise<string | undefined>;
  /** Whether the host is who it says. */
  trust(host: UnknownHost): Promise<boolean>;
}

/** For a process without a person: unknown hosts are refused. */
export function withoutPerson(passphrase: string | undefined): SshQuestions {
  return {
    passphrase: (_keyFile, wasWrong) => Promise.resolve(wasWrong ? undefined : passphrase),
    trust: () => Promise.resolve(false),
  };
}
