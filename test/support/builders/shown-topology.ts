import { z } from 'zod';

const shownSchema = z.object({
  clusters: z.array(
    z.object({
      master: z.string().nullable(),
      instances: z.array(
        z.object({
          instance: z.string(),
          role: z.string(),
          source: z.string().nullable(),
          readOnly: z.boolean().nullable(),
          replication: z.object({ receiver: z.string(), applier: z.string() }).nullable(),
        }),
      ),
    }),
  ),
});

/** The first cluster that `topology --json` printed, by instance. */
export interface Shown {
  readonly master: string | null;
  readonly roles: Readonly<Record<string, string>>;
  readonly sources: Readonly<Record<string, string | null>>;
  readonly readOnly: Readonly<Record<string, boolean | null>>;
  /** `receiver/applier` of those that replicate. */
  readonly running: Readonly<Record<string, string>>;
}

export function topologyOf(printed: unknown): Shown {
  const [cluster] = shownSchema.parse(printed).clusters;
  if (cluster === undefined) {
    throw new Error('No cluster was printed.');
  }
  const { master, instances } = cluster;
  return {
    master,
    roles: Object.fromEntries(instances.map((it) => [it.instance, it.role])),
    sources: Object.fromEntries(instances.map((it) => [it.instance, it.source])),
    readOnly: Object.fromEntries(instances.map((it) => [it.instance, it.readOnly])),
    running: Object.fromEntries(
      instances.flatMap(({ instance, replication }) =>
        replication === null ? [] : [[instance, `${replication.receiver}/${replication.applier}`]],
      ),
    ),
  };
}
