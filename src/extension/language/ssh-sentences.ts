/** What the editor asks about SSH hosts: English, as the translations know it. */
export const sshSentences = {
  hostUnknown:
    'The SSH host {host}, port {port}, is not known. It shows the key {type} {fingerprint}.',
  hostOtherKey:
    'The SSH host {host}, port {port}, shows the key {type} {fingerprint}: a type that is not known of it, though others are.',
  hostDetail:
    'Compare the fingerprint with what the host’s administrator tells. Trusting it adds it to {file}. Otherwise you are asked again once the window is reloaded (“Developer: Reload Window”).',
  trustAndConnect: 'Trust and Connect',
  passphraseNeeded: 'The SSH key {file} needs its passphrase.',
  passphraseWrong: 'The passphrase does not open the SSH key {file}.',
  enterPassphrase: 'Enter Passphrase…',
  passphraseTitle: 'Passphrase of {file}',
  passphrasePlaceholder: 'It is kept in the editor’s safe',
} as const;
