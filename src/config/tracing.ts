import { z } from 'zod'
import { httpUrl } from './fields.js'

/** OpenTelemetry, over OTLP/HTTP; without an endpoint nothing of it is loaded. */
export const tracingSchema = z.strictObject({
  otlp_endpoint: z.union([z.literal(''), httpUrl], "must be a URL, such as http://127.0.0.1:4318, or ''").prefault(''),
  sample: z.number().min(0, 'must be 0 to 1').max(1, 'must be 0 to 1').default(1),
  service_name: z.string().min(1, 'must not be empty').default('alerta-relay'),
})
