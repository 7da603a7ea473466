/** What operators changed, and the API keys that they made. */
export const OPERATORS = `
  CREATE TABLE audit (
    -- never given again, so that a gap tells that something was taken out
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    sender TEXT NOT NULL,
    command TEXT NOT NULL,
    fields TEXT NOT NULL CHECK (json_valid(fields)),
    result TEXT NOT NULL CHECK (result IN ('begun', 'done', 'refused', 'failed')),
    why TEXT
  ) STRICT;

  CREATE TABLE api_key (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    -- SHA-256 of the secret, which is kept nowhere
    digest TEXT NOT NULL UNIQUE CHECK (length(digest) = 44),
    prefix TEXT NOT NULL,
    text TEXT NOT NULL,
    scopes TEXT NOT NULL CHECK (json_valid(scopes)),
    customers TEXT NOT NULL CHECK (json_valid(customers)),
    peer INTEGER NOT NULL CHECK (peer IN (0, 1)),
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    -- null: it has no end
    expires_at INTEGER,
    last_used_at INTEGER,
    uses INTEGER NOT NULL DEFAULT 0 CHECK (uses >= 0)
  ) STRICT;
`
