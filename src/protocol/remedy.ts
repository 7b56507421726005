import * as z from 'zod/mini';

/** About the settings, about who watches, or about who cannot be reached. */
export const remedy = z.enum([
  'open-line',
  'confirm-settings',
  'start-monitor',
  'end-lock-holder',
  'create-monitor-user',
  'map-addresses',
  'accept-key',
]);
export type Remedy = z.infer<typeof remedy>;
