import { nearestWord } from '../../config/nearest-word.ts';
import type { ClusterSettings, SettingsProblem } from '../../config/settings.ts';
import type { Config } from '../config-file.ts';
import { wrongUse } from '../exit-code.ts';

export interface Chosen {
  readonly clusters: readonly ClusterSettings[];
  /** What else is wrong with the settings, for stderr: whole lines. */
  readonly warnings: readonly string[];
  /** True when a cluster that was asked for had to be left out. */
  readonly incomplete: boolean;
}

/** The clusters that were asked for: by id, or all. Throws CommandError when none is left, or the one asked for is wrong. */
export function chooseClusters(config: Config, asked: readonly string[]): Chosen {
  const errors = config.problems.filter((it) => it.severity === 'error');
  const general = errors.filter((it) => !it.path.startsWith('clusters['));
  if (general.length > 0) throw wrongUse(...sentences(config, general));
  const clusters =
    asked.length === 0 ? config.settings.clusters : asked.map((id) => clusterNamed(config, id));
  if (clusters.length === 0) {
    throw wrongUse(
      ...(errors.length > 0
        ? sentences(config, errors)
        : [`${config.file} configures no cluster.`]),
    );
  }
  const ids = new Set<string | null>([null, ...clusters.map((it) => it.id)]);
  const notices = config.problems.filter((it) => it.severity === 'notice' && ids.has(it.cluster));
  return {
    clusters,
    warnings: [
      ...(config.mistakes ?? sentences(config, errors).map((it) => `warning: ${it}`)),
      ...notices.map((it) => `note: ${it.says}`),
    ],
    incomplete: asked.length === 0 && errors.length > 0,
  };
}

function clusterNamed(config: Config, id: string): ClusterSettings {
  const found = config.settings.clusters.find((it) => it.id === id);
  if (found) return found;
  const wrong = config.problems.filter((it) => it.cluster === id && it.severity === 'error');
  if (wrong.length > 0) throw wrongUse(...sentences(config, wrong));
  const ids = config.settings.clusters.map((it) => it.id);
  throw wrongUse(unknownCluster(id, ids), ...sentences(config, unnamed(config)));
}

/** Wrong entries without an id: one of them may be the one that was meant. */
function unnamed(config: Config): readonly SettingsProblem[] {
  return config.problems.filter((it) => it.severity === 'error' && it.cluster === null);
}

export function unknownCluster(id: string, ids: readonly string[]): string {
  const near = nearestWord(id, ids);
  const known = ids.length === 0 ? 'none is configured' : `configured: ${ids.join(', ')}`;
  const hint = near === undefined ? known : `did you mean ${near}?`;
  return `No cluster is named ${JSON.stringify(id)}; ${hint}${hint.endsWith('?') ? '' : '.'}`;
}

function sentences(config: Config, problems: readonly SettingsProblem[]): readonly string[] {
  return problems.map((it) => `${config.file}: ${it.says}`);
}
