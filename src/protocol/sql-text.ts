import type { PlanSheetView } from './panel-state.ts';

/** All statements of a plan in the order of the steps, each with a comment that names its host. */
export function sqlText(plan: PlanSheetView): string {
  const steps = plan.stages.flatMap((it) => it.lanes.flat()).filter((it) => it.sql.length > 0);
  return steps
    .map(({ id, on, says, sql }) =>
      [`-- ${id} ${on}: ${says}`, ...sql.map((it) => (it.endsWith(';') ? it : `${it};`))].join(
        '\n',
      ),
    )
    .join('\n\n');
}
