/**
 * Orchestrator's patterns for clusters: `*` is every cluster, `alias=NAME` one by name, `alias~=EXPRESSION` and anything
 * else a regular expression on the name. A pattern that is no regular expression matches only itself.
 */
export function matchesCluster(cluster: string, filters: readonly string[]): boolean {
  return filters.some((filter) => {
    if (filter === '*' || filter === cluster) {
      return true;
    }
    if (filter.startsWith('alias~=')) {
      return expressionMatches(filter.slice('alias~='.length), [cluster]);
    }
    if (filter.startsWith('alias=')) {
      return filter.slice('alias='.length) === cluster;
    }
    return expressionMatches(filter, [cluster]);
  });
}

export function expressionMatches(expression: string, names: readonly string[]): boolean {
  try {
    const pattern = new RegExp(expression);
    return expression !== '' && names.some((it) => pattern.test(it));
  } catch {
    return names.includes(expression);
  }
}
