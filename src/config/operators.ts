import { z } from 'zod'

/** A name or address as it stands in a URL, without a port. */
const HOST = /^(\[[0-9a-f:.]+\]|[\w.-]+)$/i

/** The operator API on the relay's own port; the operator socket is always there. */
export const operatorsSchema = z.strictObject({
  /** undefined: where auth.required is true */
  http: z.boolean().optional(),
  /** names by which it is reached, beside base_url, also_known_as and listen */
  hosts: z.array(z.string().regex(HOST, 'must be a host name or address, without a port')).prefault([]),
})

/** Whether operators are answered on the relay's own port. */
export const operatorsOverHttp = ({
  operators,
  auth,
}: {
  readonly operators: z.output<typeof operatorsSchema>
  readonly auth: { readonly required: boolean }
}): boolean => operators.http ?? auth.required
