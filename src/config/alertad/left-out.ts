/** What to say of settings that have no counterpart here, by the beginning of their names; the first that fits counts. */
const REASONS: readonly (readonly [RegExp, 'todo' | 'note', string])[] = [
  [/^DATABASE_|^MONGO|^POSTGRES_/, 'note', 'the relay keeps its journal in a file of its own (database_url)'],
  [
    /^FORWARD_(URL|API_KEY)$/,
    'todo',
    'belongs to the older forward plugin: write a destination with auth: { type: key, … }',
  ],
  [/^FORWARD_MAX_LENGTH$/, 'note', 'is limits.hops here, and 32'],
  [
    /^ADMIN_USERS$/,
    'todo',
    'people are users of the relay: auth.users, with scopes: [admin] and a hash by hash-password',
  ],
  [/^CUSTOMER_VIEWS$/, 'todo', 'bind credentials to their customers: customers in the entries of auth'],
  [
    /^(ALLOW_READONLY|READONLY_SCOPES)$/,
    'todo',
    'nobody reads without a credential here: give readers a key with scopes: [read]',
  ],
  [
    /^(AUTH_PROVIDER|AUTH_PROXY|OAUTH2_|OIDC_|SAML2_|LDAP_|CAS_|GITHUB_|GITLAB_|KEYCLOAK_|AZURE_|AWS_|COGNITO_|ALLOWED_(EMAIL|GITHUB|GITLAB|KEYCLOAK|OIDC|SAML2|LDAP))/,
    'todo',
    'signing in by another server is not there: people are in auth.users, programs have keys',
  ],
  [
    /^(SIGNUP_ENABLED|BASIC_AUTH_REALM|EMAIL_VERIFICATION|SMTP_|MAIL_|SSL_(KEY|CERT)_FILE)/,
    'note',
    'nobody registers at the relay: users stand in auth.users',
  ],
  [
    /^(DEFAULT_(ADMIN|USER|GUEST)_ROLE|(ADMIN|USER|GUEST)_ROLES)$/,
    'note',
    'there are no roles: each credential has its scopes',
  ],
  [
    /^((USER|GUEST)_DEFAULT_SCOPES|CUSTOM_SCOPES|DELETE_SCOPES)$/,
    'todo',
    'scopes stand with each credential in auth; write includes delete',
  ],
  [/^API_KEY_EXPIRE_DAYS$/, 'note', 'keys of the relay have no end'],
  [/^AUDIT_/, 'note', 'every message accepted is a line of the log'],
  [/^LOG_|^DEBUG$/, 'note', 'the relay logs to standard output (log.level, log.format)'],
  [/^(CELERY_|BULK_QUERY_LIMIT)/, 'note', 'bulk requests need no second service'],
  [/^CORS_/, 'note', 'the relay allows what browsers need for the origins in cors_origins'],
  [/^ALARM_MODEL$/, 'todo', 'the relay keeps alerts by the model ALERTA'],
  [/^(SERVER_VERSION|ROUTING_DIST|PLUGINS_RAISE_ON_ERROR|DEFAULT_FIELD)$/, 'note', 'has no counterpart'],
  [/^(HISTORY_|QUERY_LIMIT$|DEFAULT_PAGE_SIZE$)/, 'note', 'is fixed here'],
  [/^GRAFANA_TAGS_/, 'note', 'webhooks.convert makes attributes of tags, as Alerta does by default'],
  [/^DEFAULT_TIMEOUT$/, 'note', 'does nothing in a file: ALERT_TIMEOUT and HEARTBEAT_TIMEOUT do'],
]

/** Whether the loss of a setting needs the operator, and what to tell him. */
export function reasonFor(setting: string): { readonly level: 'todo' | 'note'; readonly message: string } {
  const [, level, message] = REASONS.find(([names]) => names.test(setting)) ?? []
  if (level !== undefined && message !== undefined) return { level, message }
  return { level: 'note', message: 'is nothing that the relay knows: left out' }
}
