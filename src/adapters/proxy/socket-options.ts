/** Of both sides of every forwarded connection: each direction ends by itself, and a vanished peer is noticed. */
export const socketOptions = {
  allowHalfOpen: true,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: 30_000,
} as const;
