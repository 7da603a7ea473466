import type { Config } from '../config/schema.js'

/** Alerta's own (alarm model of 9.1.0). */
const STATUS_COLORS = { ack: 'skyblue', shelved: 'skyblue' }
const STATUS = {
  open: 'A',
  assign: 'B',
  ack: 'C',
  shelved: 'D',
  blackout: 'E',
  closed: 'F',
  expired: 'G',
  unknown: 'H',
}
/** What Alerta says of ways to sign in that are not offered here. */
const NO_PROVIDERS = {
  client_id: null,
  azure_tenant: null,
  aws_region: null,
  cognito_domain: null,
  github_url: null,
  gitlab_url: null,
  keycloak_url: null,
  keycloak_realm: null,
  oidc_auth_url: null,
}

type ClientConfigured = Pick<Config, 'base_url' | 'auth' | 'reject' | 'alerts' | 'heartbeats' | 'blackouts' | 'web_ui'>

/**
 * GET /config: what the alerta CLI asks for before every command, and the fields without which the web UI does not
 * start. Open to all, so nothing in it is about this relay but its address and whether one must sign in.
 */
export function clientConfig(config: ClientConfigured): object {
  const { severities, normal_severity, previous_severity, timeout, ack_timeout, shelve_timeout } = config.alerts
  const colors = { severity: config.web_ui.severity_colors, status: STATUS_COLORS, text: 'black' }
  return {
    debug: false,
    endpoint: config.base_url,
    alarm_model: {
      name: 'Alerta',
      severity: severities,
      status: STATUS,
      colors,
      defaults: { status: 'open', normal_severity, previous_severity },
    },
    severity: severities,
    colors,
    timeouts: {
      alert: seconds(timeout),
      heartbeat: seconds(config.heartbeats.timeout),
      ack: seconds(ack_timeout),
      shelve: seconds(shelve_timeout),
    },
    auth_required: config.auth.required,
    allow_readonly: false,
    readonly_scopes: [],
    provider: 'basic',
    ...NO_PROVIDERS,
    signup_enabled: false,
    email_verification: false,
    customer_views: hasCustomers(config.auth),
    environments: config.reject.allowed_environments,
    blackouts: { duration: seconds(config.blackouts.duration) },
    ...looks(config.web_ui),
  }
}

/** How the web UI is to look. */
const looks = (ui: Config['web_ui']) => ({
  site_logo_url: ui.site_logo_url,
  tracking_id: orNull(ui.google_tracking_id),
  dates: { shortTime: ui.short_time, mediumDate: ui.medium_date, longDate: ui.long_date },
  font: ui.font,
  audio: { new: orNull(ui.audio_file) },
  columns: ui.columns,
  sort_by: ui.sort_by,
  filter: ui.filter,
  indicators: { severity: ui.indicator_severities, queries: ui.indicator_queries },
  actions: ui.actions,
  refresh_interval: ui.refresh_interval,
  clipboard_template: ui.clipboard_template,
})

/** Whether anybody is bound to one: the web UI then has a column and a filter for them. */
const hasCustomers = ({ api_keys, hmac, tokens, users }: Config['auth']): boolean =>
  [...api_keys, ...hmac, ...tokens, ...users].some(({ customers }) => customers.length > 0)

const orNull = (text: string): string | null => (text === '' ? null : text)
const seconds = (ms: number): number => Math.ceil(ms / 1_000)
