import { faultOf, type KeptSettings, type SettingsFault } from './kept-settings.ts';
import { readSettings, type Settings, type SettingsProblem } from './settings.ts';

type Values = Readonly<Record<string, unknown>>;

export interface ValuesInForce {
  readonly settings: Settings;
  readonly faults: readonly SettingsFault[];
  readonly problems: readonly SettingsProblem[];
  readonly keep: Values;
}

/** Whose absence changes nothing that is done without asking. The clusters and who is armed have rules of their own. */
const harmless: ReadonlySet<string> = new Set([
  'clusters',
  'recoverMasterClusterFilters',
  'language',
  'labImage',
]);

const defaults: Values = { ...readSettings({}).settings };

/**
 * Each setting by itself: one that is wrong keeps its last good value, else the one that does least by itself. So does one
 * that is no longer written while a failover may run without asking: a broken file or Settings Sync must not take away
 * its fencing, its programs or who is never promoted.
 */
export function valuesInForce(written: Values, kept: KeptSettings): ValuesInForce {
  const acts = actsByItself(kept);
  const all = Object.entries(written).map(([name, value]) => {
    const problems = problemsWith(name, value);
    const before = kept.values[name];
    // Where failovers ran without the setting, they go on without it.
    const isGood = before === undefined ? acts : problemsWith(name, before).length === 0;
    const isKept = problems.length > 0 && isGood;
    return { name, value: isKept ? before : value, problems, isKept };
  });
  const right = all.filter((it) => it.isKept || it.problems.length === 0);
  const dropped = acts ? droppedFrom(written, kept) : [];
  return {
    settings: readSettings(valuesOf(all, dropped)).settings,
    problems: all.flatMap((it) => (it.isKept ? it.problems.slice(0, 1) : it.problems)),
    faults: [
      ...all.flatMap(({ problems: [first, ...more], isKept: isGood }) => {
        if (first === undefined) return [];
        // Where the last good value holds, nothing is off.
        const says = isGood ? first.says : [first, ...more].map((it) => it.says).join(' ');
        return [faultOf({ ...first, says }, { kept: isGood, file: 'user' })];
      }),
      ...dropped.map(([name]) => droppedFault(name)),
    ],
    keep: valuesOf(right, dropped),
  };
}

function valuesOf(
  all: readonly { readonly name: string; readonly value: unknown }[],
  dropped: readonly (readonly [string, unknown])[],
): Values {
  const values = all.filter((it) => it.value !== undefined).map((it) => [it.name, it.value]);
  return Object.fromEntries([...values, ...dropped]);
}

/** What was written, is written no longer, and said something else than the default. */
function droppedFrom(written: Values, kept: KeptSettings): readonly (readonly [string, unknown])[] {
  return Object.entries(kept.values).filter(
    ([name, before]) =>
      !harmless.has(name) &&
      written[name] === undefined &&
      problemsWith(name, before).length === 0 &&
      JSON.stringify(before) !== JSON.stringify(defaults[name]),
  );
}

function actsByItself({ armed, values }: KeptSettings): boolean {
  const intermediate = values['recoverIntermediateMasterClusterFilters'];
  return armed.length > 0 || (Array.isArray(intermediate) && intermediate.length > 0);
}

function droppedFault(path: string): SettingsFault {
  const says = `The settings no longer name ${path}; its last value is in force.`;
  return { kind: 'dropped', cluster: null, path, says, kept: true, file: 'user' };
}

function problemsWith(name: string, value: unknown): readonly SettingsProblem[] {
  return readSettings({ [name]: value }).problems;
}
