import { marksOf } from "./evidence-text";

/** Five marks and a word; never coloured. */
export function EvidenceMark({ words }: { words: string }) {
  const filled = marksOf(words);
  return (
    <span className="evd">
      <span className="eb" aria-hidden="true">
        {["a", "b", "c", "d", "e"].map((mark, i) => (
          <i key={mark} className={i < filled ? "f" : ""} />
        ))}
      </span>
      {words.charAt(0).toUpperCase() + words.slice(1)}
    </span>
  );
}
