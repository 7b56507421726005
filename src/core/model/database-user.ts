/** What a user of ours is for: to look, to look and act, the same with scheduled events, or to replicate. */
export type UserTask = 'observe' | 'manage' | 'manage-events' | 'replication';
