/**
 * Ids that relays make end in the time (model/ids.ts), so by their ends they come in nearly in order: a new one goes on the
 * page of the last, where in the order of their beginnings each took a page of its own.
 */
export const ALERT_IDS = `
  ALTER TABLE alert_id RENAME TO alert_id_before;
  DROP INDEX IF EXISTS alert_id_by_source;
  CREATE TABLE alert_id (
    -- what follows the 24th character; '' where there is nothing
    ending TEXT NOT NULL,
    id TEXT NOT NULL,
    alert INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    source INTEGER NOT NULL,
    n INTEGER NOT NULL,
    -- people have seen it as the alert's own, here or at a destination: its beginning finds the alert
    shown INTEGER NOT NULL CHECK (shown IN (0, 1)),
    PRIMARY KEY (ending, id)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO alert_id SELECT substr(id, 25), id, alert, seen_at, source, n, 1 FROM alert_id_before ORDER BY 1, 2;
  DROP TABLE alert_id_before;
  CREATE INDEX alert_id_by_source ON alert_id (alert, source, n);
  CREATE INDEX alert_id_by_beginning ON alert_id (id) WHERE shown = 1;
`
