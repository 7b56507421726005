import type { ClusterBackend } from '../../core/backend.ts';

/** Looks, so that every view shows what was done. A look that takes longer is left to the watch: the deed is done. */
export async function lookSoon({
  backend,
}: {
  readonly backend: Pick<ClusterBackend, 'refresh'>;
}): Promise<void> {
  await backend.refresh(AbortSignal.timeout(10_000)).catch(() => undefined);
}
