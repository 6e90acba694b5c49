/** A named block of exact text that scrolls by itself. */
export function TextWell({ label, text, maxHeight = 420 }: { label: string; text: string; maxHeight?: number }) {
  return (
    <section aria-label={label}>
      <pre className="well" style={{ margin: 0, maxHeight, overflow: "auto" }}>
        {text}
      </pre>
    </section>
  );
}
