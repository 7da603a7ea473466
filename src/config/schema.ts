import { z } from 'zod'
import { alertsSchema } from './alerts.js'
import { authSchema } from './auth.js'
import { consoleSchema } from './console.js'
import { destinationSchema } from './destination.js'
import {
  cidr,
  corsOrigin,
  count,
  databaseUrl,
  duration,
  durationOrZero,
  httpUrl,
  listenAddress,
  pattern,
  size,
  sizeOrZero,
} from './fields.js'
import { operatorsSchema } from './operators.js'
import { selfAlertsSchema } from './self-alerts.js'
import { tracingSchema } from './tracing.js'
import { blackoutsSchema, heartbeatsSchema, housekeepingSchema } from './upkeep.js'
import { webUiSchema } from './web-ui.js'
import { webhooksSchema } from './webhooks.js'

/** The whole configuration; config/relay.example.yaml explains every key. Durations become ms, sizes bytes. */
export const configSchema = z.strictObject({
  base_url: httpUrl.prefault('http://127.0.0.1:8080'),
  also_known_as: z.array(httpUrl).prefault([]),
  listen: listenAddress.prefault('127.0.0.1:8080'),
  database_url: databaseUrl.prefault('sqlite:data/relay.db'),
  trusted_proxies: z.array(cidr).prefault([]),
  use_proxyfix: z.boolean().default(false),
  cors_origins: z.array(corsOrigin).prefault([]),
  auth: authSchema.prefault({}),
  destinations: z.array(destinationSchema).prefault([]),
  reject: z
    .strictObject({
      allowed_environments: z.array(pattern).prefault([]),
      origin_blacklist: z.array(pattern).prefault([]),
      require_service: z.boolean().default(false),
    })
    .prefault({}),
  alerts: alertsSchema.prefault({}),
  webhooks: webhooksSchema.prefault({}),
  web_ui: webUiSchema.prefault({}),
  heartbeats: heartbeatsSchema.prefault({}),
  housekeeping: housekeepingSchema.prefault({}),
  blackouts: blackoutsSchema.prefault({}),
  self_alerts: selfAlertsSchema.prefault({}),
  tracing: tracingSchema.prefault({}),
  operators: operatorsSchema.prefault({}),
  console: consoleSchema.prefault({}),
  limits: z
    .strictObject({
      body: size.prefault('16MiB'),
      bodies_in_flight: size.prefault('128MiB'),
      headers: size.prefault('16KiB'),
      hops: count.default(32),
      connections: count.default(2_000),
      min_free_disk: sizeOrZero.prefault('256MiB'),
      max_age: duration.prefault('7d'),
      drain: durationOrZero.prefault('10s'),
      lock_wait: durationOrZero.prefault('10s'),
    })
    .prefault({}),
  retention: z
    .strictObject({
      settled: duration.prefault('3d'),
      dead: duration.prefault('30d'),
      alerts: duration.prefault('90d'),
      audit: duration.prefault('365d'),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
      format: z.enum(['auto', 'json', 'pretty']).default('auto'),
      /** a file of its own for what operators change */
      audit: z.string().min(1, 'must be the path of a file').optional(),
    })
    .prefault({}),
})

export type Config = z.output<typeof configSchema>
