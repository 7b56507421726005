import { hostname, userInfo } from 'node:os';

/** `user@host`, for what a person decides. */
export function whoAmI(): string {
  return `${userInfo().username}@${hostname()}`;
}
