/**
 * Why a server refuses a user that is there, by its number: 1820 and 1862 its password has expired, 3118 (MySQL) and 4151
 * (MariaDB) its account is locked, 3955 (MySQL) it is locked after too many wrong passwords. Undefined for all others: then
 * the user is unknown for our host, or its password is another one.
 */
export function knownUserRefusedBy(
  errno: number | null | undefined,
): 'expired' | 'locked' | undefined {
  return reasons[errno ?? 0];
}

const reasons: Readonly<Record<number, 'expired' | 'locked'>> = {
  1820: 'expired',
  1862: 'expired',
  3118: 'locked',
  3955: 'locked',
  4151: 'locked',
};
