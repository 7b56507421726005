/** What *End Lock Holder* says. */
export const lockSentences = {
  asking: 'Asking who holds the recovery locks of {cluster}',
  none: 'No session holds a recovery lock of {cluster}.',
  pick: 'Select the session of {cluster} to end',
  session: "Session {session} of '{user}' on {instance}",
  from: 'from {client}, for at least {seconds} s',
  ofProcess: 'It is the session of {process}, which changes the cluster now',
  noRights: 'Its account may not change replication',
  mayBeOther: 'It may be another Switchover at work',
  runs: 'Statement: {statement}',
} as const;
