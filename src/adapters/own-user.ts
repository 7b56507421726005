import { homedir, userInfo } from 'node:os';

const nameInSystem = (): string => userInfo().username;

/** Who runs us. A container may give us a number that no account of it has: that is no error, then the number is the name. */
export function ownName(asked: () => string = nameInSystem): string {
  return orElse(asked, `uid ${String(process.getuid?.() ?? 'unknown')}`);
}

/** Our home folder; `/` for a number without an account, as Docker has it. */
export function ownHome(asked: () => string = homedir): string {
  return orElse(asked, '/');
}

function orElse(asked: () => string, otherwise: string): string {
  try {
    return asked();
  } catch {
    return otherwise;
  }
}
