/** One in, many out. */
export const Mark = () => (
  <svg viewBox="0 0 32 32" aria-hidden="true">
    <rect width="32" height="32" rx="8" fill="var(--accent)" />
    <g fill="none" stroke="var(--accent-ink)" stroke-width="2.4" stroke-linecap="round">
      <path d="M7 16h7M17 15l7-6M17 17l7 6" />
    </g>
    <g fill="var(--accent-ink)">
      <circle cx="16" cy="16" r="3.4" />
      <circle cx="25" cy="8.5" r="2.2" />
      <circle cx="25" cy="23.5" r="2.2" />
      <circle cx="6.5" cy="16" r="2.2" />
    </g>
  </svg>
)
