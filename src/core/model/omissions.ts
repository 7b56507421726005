import type { Omission, Server } from './instance.ts';
import type { Policy } from './policy.ts';

/** Everything by which a server may hold less than its GTIDs say, or log less than it writes. */
export function omissionsOf(server: Server): readonly Omission[] {
  return [...server.channels.flatMap((it) => it.omissions), ...server.omissions];
}

/** Those that the settings do not accept. */
export function unacceptedOf(
  server: Server,
  { acceptedFilters }: Pick<Policy, 'acceptedFilters'>,
): readonly Omission[] {
  return omissionsOf(server).filter((it) => !isAccepted(it, acceptedFilters));
}

/** A filter is accepted when each of its values is, with its name or, of one that ignores, by itself. */
export function isAccepted({ kind, name, value }: Omission, accepted: readonly string[]): boolean {
  const known = new Set(accepted.map(plainForm));
  const ignores = /ignore/i.test(name);
  return (
    kind !== 'skip' &&
    value
      .split(',')
      .map(plainForm)
      .every((it) => known.has(`${plainForm(name)}=${it}`) || (ignores && known.has(it)))
  );
}

export function describeOmission({ name, value }: Omission): string {
  return `${name} = ${value}`;
}

export function listOmissions(omissions: readonly Omission[]): string {
  return omissions.map(describeOmission).join('; ');
}

function plainForm(text: string): string {
  return text.replaceAll(/\s/g, '').toLowerCase();
}
