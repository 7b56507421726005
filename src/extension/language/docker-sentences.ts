/** What the editor says of containers: English, as the translations know it. */
export const dockerSentences = {
  startingContainer: 'Starting the container {name}…',
  stoppingContainer: 'Stopping the container {name}…',
  restartingContainer: 'Restarting the container {name}…',
  pausingContainer: 'Pausing the container {name}…',
  resumingContainer: 'Resuming the container {name}…',
  noContainer: '{instance} runs in no container that is known.',
  noContainers: '{cluster} has no instance in a container that this fits.',
  pickContainer: 'Which container of {cluster}?',
  shellName: '{name} (shell)',
  composeProject: 'compose project',
} as const;
