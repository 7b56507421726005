/** What the lab says beside `sentences`. */
export const labSentences = {
  labKindPick: 'How shall the servers of the lab run?',
  labOnDocker: 'Docker containers',
  labOnDockerDetail: 'db001, db002 and db003 on a network of their own',
  labOfProcesses: 'Processes',
  labOfProcessesDetail: 'the MariaDB or MySQL that is installed on this machine',
} as const;
