/** What *Accept New Key* says. */
export const keySentences = {
  none: 'No server of {cluster} shows another TLS key than before.',
  pick: 'Which server of {cluster} has a new TLS key?',
  title: '{address} shows another TLS key than before. Accept it?',
  titleNone: '{address} offered TLS before and offers none now. Accept that?',
  before: 'Before: {key}',
  now: 'Now: {key}',
  passing: 'a new key at each start',
  compare:
    'Compare it with the certificate on the server. If it was not replaced on purpose, another server may answer there, and would get the password.',
  plain:
    'If TLS was not switched off on purpose, another server may answer there. Its connections would not be encrypted.',
  accept: 'Accept New Key',
  acceptNone: 'Connect Without TLS',
  moved: '{address} shows yet another key by now. Look again.',
} as const;
