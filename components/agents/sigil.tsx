/** Five bars drawn from an agent's id: its mark beside its colour, for life. */
export function Sigil({ id, size = "" }: { id: string; size?: "" | "s" | "l" }) {
  const hex = id.replaceAll("-", "").slice(-10);
  const colour = (Number.parseInt(hex.slice(0, 2), 16) % 8) + 1;
  return (
    <span className={`sigil ${size}`} aria-hidden="true">
      <svg viewBox="0 0 14 14" aria-hidden="true">
        {[0, 1, 2, 3, 4].map((i) => {
          const height = 4 + (Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16) % 10);
          return <rect key={i} x={i * 3} y={(14 - height) / 2} width="1.8" height={height} rx="0.9" fill={`var(--c${colour})`} />;
        })}
      </svg>
    </span>
  );
}
