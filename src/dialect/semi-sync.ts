import type { SemiSync, SemiSyncReplica, SemiSyncSource } from '../core/model/instance.ts';
import type { Action } from '../core/model/plan.ts';
import { isOn, type Columns } from './answer.ts';

/** The plugin's own words: older ones say master and slave. MariaDB has it built in and keeps the older words. */
const vocabularies = [
  { source: 'source', replica: 'replica' },
  { source: 'master', replica: 'slave' },
] as const;

/** Variables of both vocabularies; a server leaves out those it does not know. */
export const semiSyncVariables: readonly string[] = vocabularies.flatMap(({ source, replica }) => [
  `rpl_semi_sync_${source}_enabled`,
  `rpl_semi_sync_${source}_timeout`,
  `rpl_semi_sync_${source}_wait_point`,
  `rpl_semi_sync_${source}_wait_no_${replica}`,
  `rpl_semi_sync_${source}_wait_for_${replica}_count`,
  `rpl_semi_sync_${replica}_enabled`,
]);

/** `status`: the rows of SHOW GLOBAL STATUS that begin with `Rpl_semi_sync`. */
export function readSemiSync(variables: Columns, status: Columns): SemiSync {
  return { source: readSource(variables, status), replica: readReplica(variables, status) };
}

function readSource(variables: Columns, status: Columns): SemiSyncSource | null {
  for (const { source, replica } of vocabularies) {
    const variable = `rpl_semi_sync_${source}_enabled`;
    const enabled = variables.optionalText(variable);
    if (enabled !== null) {
      const wait = variables.optionalText(`rpl_semi_sync_${source}_wait_point`);
      const waitNo = `rpl_semi_sync_${source}_wait_no_${replica}`;
      return {
        variable,
        enabled: isOn(enabled, variable),
        active: statusIsOn(status, `Rpl_semi_sync_${source}_status`),
        waitsFor: variables.optionalWhole(`rpl_semi_sync_${source}_wait_for_${replica}_count`) ?? 1,
        timeoutMs: Number(variables.text(`rpl_semi_sync_${source}_timeout`)),
        waitsWithoutReplicas: isOn(variables.optionalText(waitNo) ?? 'OFF', waitNo),
        // Releases without the variable know only the older way.
        waitPoint: wait?.toUpperCase() === 'AFTER_SYNC' ? 'after-sync' : 'after-commit',
        clients: status.optionalWhole(`Rpl_semi_sync_${source}_clients`) ?? 0,
        waitingSessions: status.optionalWhole(`Rpl_semi_sync_${source}_wait_sessions`) ?? 0,
      };
    }
  }
  return null;
}

function readReplica(variables: Columns, status: Columns): SemiSyncReplica | null {
  for (const { replica } of vocabularies) {
    const variable = `rpl_semi_sync_${replica}_enabled`;
    const enabled = variables.optionalText(variable);
    if (enabled !== null) {
      return {
        variable,
        enabled: isOn(enabled, variable),
        active: statusIsOn(status, `Rpl_semi_sync_${replica}_status`),
      };
    }
  }
  return null;
}

function statusIsOn(status: Columns, name: string): boolean {
  return status.optionalText(name)?.toUpperCase() === 'ON';
}

/** What is switched on comes first, so that no moment is without either. Nothing where there is no plugin. */
export function spellSemiSync(
  { source, replica }: Extract<Action, { readonly do: 'set-semi-sync' }>,
  semiSync: SemiSync,
): readonly string[] {
  return [
    { on: source, variable: semiSync.source?.variable },
    { on: replica, variable: semiSync.replica?.variable },
  ]
    .toSorted((a, b) => Number(b.on) - Number(a.on))
    .flatMap(({ on, variable }) =>
      variable === undefined ? [] : [`SET GLOBAL ${variable} = ${on ? 'ON' : 'OFF'}`],
    );
}
