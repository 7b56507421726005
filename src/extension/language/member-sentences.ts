/** What commands about members say. */
export const memberSentences = {
  confirmTitle: 'Does {instance} belong to {cluster}?',
  confirmDetail: 'Switchover then logs in to it as {user}, and it may become the master.',
  confirmYes: 'Confirm',
  confirmAllTitle: 'Do these belong to {cluster}? {names}',
  confirmAll: 'All {count}',
  pickConfirm: 'Which instance belongs to {cluster}?',
  pickIgnore: 'Which instance does not belong to {cluster}?',
  nothing: 'Every instance of {cluster} is confirmed.',
  listed: 'The settings list the members of {cluster}. Add {instance} to "members" there.',
  openSettings: 'Open Settings',
} as const;
