/** The mark: a pulse in a square. */
export const Logo = () => (
  <svg viewBox="0 0 22 22" aria-hidden="true" width="22" height="22">
    <rect x="0.5" y="0.5" width="21" height="21" rx="5" fill="var(--text-1)" />
    <path d="M6 9v4M9 6.5v9M12 8.5v5M15 5.5v11" stroke="var(--canvas)" strokeWidth="1.7" strokeLinecap="round" />
  </svg>
);
