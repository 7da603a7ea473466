/** With what a message goes on in its sender's trace (model/trace-context.ts); null: it has none. */
export const TRACES = `
  ALTER TABLE message ADD COLUMN trace TEXT;
`
