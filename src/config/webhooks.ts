import { z } from 'zod'
import { webhookName } from './fields.js'

/** The webhooks that can be turned into alerts here. */
const CONVERTIBLE = ['prometheus', 'grafana'] as const

export const webhooksSchema = z.strictObject({
  /** of your Alerta servers' own plugins, beside those that every Alerta has */
  custom: z.array(webhookName).prefault([]),
  convert: z.array(z.enum(CONVERTIBLE)).prefault([]),
  /** of alerts made here that name none; Alerta's DEFAULT_ENVIRONMENT */
  environment: z.string().min(1, 'must not be empty').default('Production'),
})

export type WebhooksConfig = z.output<typeof webhooksSchema>
