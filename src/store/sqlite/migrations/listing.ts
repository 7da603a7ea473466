/**
 * `listed` is kept by the statements that write the ledger (index/listing.ts), which have both states at hand: triggers had
 * to take the JSON of both apart for each repeat, which cost a third of an append.
 */
export const LISTING = `
  DROP TRIGGER ledger_began;
  DROP TRIGGER ledger_repeated;
  DROP TRIGGER ledger_changed;
  DROP TRIGGER ledger_served;
  DROP TRIGGER ledger_came_back;
`
