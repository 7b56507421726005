import type { Localizer } from '../../protocol/localizer.ts';
import { dockerSentences } from '../language/docker-sentences.ts';
import type { TreeNode } from './tree-nodes.ts';

/** Rows of clusters, those of one compose project below a row of it, where the first of them stood. */
export function byProject(clusters: readonly TreeNode[], words: Localizer): readonly TreeNode[] {
  const seen = new Set<string>();
  return clusters.flatMap((it) => {
    const { project } = it;
    if (project === null) return [it];
    if (seen.has(project)) return [];
    seen.add(project);
    const own = clusters.filter((one) => one.project === project);
    return [projectNode(project, own, words)];
  });
}

function projectNode(project: string, children: readonly TreeNode[], words: Localizer): TreeNode {
  const description = words.t(dockerSentences.composeProject);
  return {
    id: `project/${project}`,
    cluster: '',
    instance: null,
    label: project,
    description,
    icon: 'layers',
    tone: 'info',
    project,
    traits: 'project',
    tooltip: [project, description],
    spoken: `${project}, ${description}`,
    open: true,
    children,
  };
}
