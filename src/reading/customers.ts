/** Those of the credential, as the gate leaves them for the routes behind it (ingress/env.ts); none: all. */
export const customersOf = (c: { readonly var: object }): readonly string[] =>
  (c.var as { readonly customers: readonly string[] }).customers
