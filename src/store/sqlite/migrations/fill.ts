/**
 * The alerts of a relay that had no ledger, of which the ledger is made from what is left in the journal (fill.ts). A
 * ledger that is not empty has been kept from the beginning, or been filled.
 */
export const FILL = `
  CREATE TABLE unfilled (
    alert INTEGER PRIMARY KEY,
    -- the journal's number of the last message that is in the ledger
    after INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  INSERT INTO unfilled (alert)
    SELECT id FROM alert WHERE resource IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ledger) ORDER BY id;
`
