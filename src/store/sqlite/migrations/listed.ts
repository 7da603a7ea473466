/** The columns of `listed`, from a row of `ledger` or from `new` in a trigger. */
export const LISTED_COLUMNS = (row: string): string => `
    ${row}.alert, ${row}.state ->> '$.id', ${row}.state ->> '$.environment', ${row}.state ->> '$.resource',
    ${row}.state ->> '$.event', ${row}.state ->> '$.customer', ${row}.severity, ${row}.status,
    ${row}.state ->> '$.group',
    coalesce(CAST(round(unixepoch(${row}.state ->> '$.createTime', 'subsec') * 1000) AS INTEGER),
      ${row}.state ->> '$.receiveTime'),
    ${row}.state ->> '$.lastReceiveTime', ${row}.state ->> '$.duplicateCount'`

const isCurrent = (alert: string): string =>
  `EXISTS (SELECT 1 FROM alert WHERE alert.id = ${alert} AND alert.deleted_at IS NULL)`

const differs = (path: string): string => `old.state -> '${path}' IS NOT new.state -> '${path}'`

/**
 * What is asked of the ledger, beside it: the alerts that are not deleted, in narrow rows that are quickly read, filtered
 * and sorted. Kept by triggers, so that nothing that writes the ledger can forget it. A repeat changes two numbers here
 * and one entry of one index.
 */
export const LISTED = `
  CREATE TABLE listed (
    alert INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    environment TEXT NOT NULL,
    resource TEXT NOT NULL,
    event TEXT NOT NULL,
    customer TEXT,
    severity TEXT NOT NULL,
    status TEXT NOT NULL,
    group_name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    duplicates INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE listed_service (
    alert INTEGER NOT NULL,
    service TEXT NOT NULL,
    PRIMARY KEY (service, alert)
  ) STRICT, WITHOUT ROWID;

  INSERT INTO listed SELECT ${LISTED_COLUMNS('ledger')} FROM ledger WHERE ${isCurrent('ledger.alert')};
  INSERT OR IGNORE INTO listed_service (alert, service)
    SELECT ledger.alert, value FROM ledger, json_each(ledger.state, '$.service') WHERE ${isCurrent('ledger.alert')};

  -- Alerta's order, with what else is asked for most
  CREATE INDEX listed_by_severity ON listed (severity, received_at DESC, status, environment);
  -- to count
  CREATE INDEX listed_by_standing ON listed (environment, status, severity);
  -- the order in which peers read us
  CREATE INDEX listed_by_key ON listed (environment, resource, event, customer);
  CREATE INDEX listed_by_resource ON listed (resource);
  CREATE INDEX listed_by_event ON listed (event, environment);
  CREATE INDEX listed_by_customer ON listed (customer) WHERE customer IS NOT NULL;
  CREATE INDEX service_of_listed ON listed_service (alert);
  CREATE INDEX history_by_time ON history (entry ->> '$.updateTime');

  CREATE TRIGGER ledger_began AFTER INSERT ON ledger WHEN ${isCurrent('new.alert')} BEGIN
    INSERT INTO listed SELECT ${LISTED_COLUMNS('new')};
    INSERT OR IGNORE INTO listed_service (alert, service)
      SELECT new.alert, value FROM json_each(new.state, '$.service');
  END;
  CREATE TRIGGER ledger_repeated AFTER UPDATE OF state ON ledger BEGIN
    UPDATE listed SET received_at = new.state ->> '$.lastReceiveTime', duplicates = new.state ->> '$.duplicateCount'
      WHERE alert = new.alert;
  END;
  CREATE TRIGGER ledger_changed AFTER UPDATE OF state ON ledger
    WHEN old.severity <> new.severity OR old.status <> new.status OR ${differs('$.event')} OR ${differs('$.group')}
      OR ${differs('$.createTime')} BEGIN
    UPDATE listed SET (alert, id, environment, resource, event, customer, severity, status, group_name, created_at,
        received_at, duplicates) = (SELECT ${LISTED_COLUMNS('new')}) WHERE alert = new.alert;
  END;
  CREATE TRIGGER ledger_served AFTER UPDATE OF state ON ledger WHEN ${differs('$.service')} BEGIN
    DELETE FROM listed_service WHERE alert = new.alert;
    INSERT OR IGNORE INTO listed_service (alert, service)
      SELECT new.alert, value FROM json_each(new.state, '$.service')
      WHERE EXISTS (SELECT 1 FROM listed WHERE alert = new.alert);
  END;
  CREATE TRIGGER alert_deleted AFTER UPDATE OF deleted_at ON alert WHEN new.deleted_at IS NOT NULL BEGIN
    DELETE FROM listed WHERE alert = new.id;
    DELETE FROM listed_service WHERE alert = new.id;
  END;
  CREATE TRIGGER ledger_forgotten AFTER DELETE ON ledger BEGIN
    DELETE FROM listed WHERE alert = old.alert;
    DELETE FROM listed_service WHERE alert = old.alert;
  END;
  `
