import { findingStory } from './finding-story.ts';

findingStory();
