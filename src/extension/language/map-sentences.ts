/** What *Map Addresses...* says. */
export const mapSentences = {
  title: '{cluster}: address of {instance} ({step} of {count})',
  prompt: 'Where can {instance} be reached from here? Leave it empty to skip this instance.',
  taken: '{instance} is already reached at that address.',
  nothing: 'Every host name of {cluster} resolves here.',
  done: '{count} addresses of {cluster} were added to your user settings.',
  doneOne: 'The address of {instance} was added to your user settings.',
  ofFolder:
    "{cluster} is defined in this folder's settings, which Switchover does not change. Add this to it there: {setting}",
  copy: 'Copy',
  openSettings: 'Open Settings',
} as const;
