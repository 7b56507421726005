import { actionsStory } from './actions-story.ts';

actionsStory();
