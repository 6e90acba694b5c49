import { canonicalJson, type Json, sha256 } from "@/server/shared";
import type { TurnInputs } from "./core-types";

export type Window = TurnInputs["windows"][string];
type Row = Window[number];

/** Bars of one piece. Pieces start at whole multiples of this many bars of time, so that successive windows share all inner ones. */
const PIECE_BARS = 16;

/** A window cut into pieces: the hash of each, and over them the hash that stands for the window. */
export type WindowPieces = { readonly hash: string; readonly hashes: readonly string[]; readonly pieces: readonly Window[] };

const known = new WeakMap<Window, WindowPieces>();
const inner = new WeakMap<Row, { readonly rows: Window; readonly hash: string }>();
const texts = new WeakMap<Row, string>();

/**
 * A hash tree of two levels over a candle window: SHA-256 of the canonical JSON of the list of its pieces' hashes, each the SHA-256
 * of the piece's canonical JSON. `barMs` is the length of a bar (ms). Remembered per array object (inputs are frozen by contract),
 * inner pieces also per row objects: a new bar costs two half pieces, not the window.
 */
export function windowPieces(window: Window, barMs: number): WindowPieces {
  const before = known.get(window);
  if (before) return before;
  const span = PIECE_BARS * barMs;
  const pieces: Window[] = [];
  const hashes: string[] = [];
  for (let from = 0; from < window.length; ) {
    const slot = Math.floor((window[from] as Row)[0] / span);
    let to = from + 1;
    while (to < window.length && Math.floor((window[to] as Row)[0] / span) === slot) to++;
    const isInner = from > 0 && to < window.length;
    const piece = window.slice(from, to);
    pieces.push(piece);
    hashes.push(isInner ? innerHash(piece) : pieceHash(piece));
    from = to;
  }
  const result: WindowPieces = { hash: sha256(canonicalJson(hashes as Json)), hashes, pieces };
  known.set(window, result);
  return result;
}

/** What stands for a window in a record, and names its list of pieces in the blob store. */
export const windowHash = (window: Window, barMs: number): string => windowPieces(window, barMs).hash;

function innerHash(piece: Window): string {
  const first = piece[0] as Row;
  const before = inner.get(first);
  // Row by row: a changed copy of a window shares all other rows with the original.
  if (before && before.rows.length === piece.length && piece.every((row, i) => row === before.rows[i])) return before.hash;
  const hash = pieceHash(piece);
  inner.set(first, { rows: piece, hash });
  return hash;
}

/** Rows hold only numbers and strings, so JSON.stringify is already canonical. */
function pieceHash(piece: Window): string {
  let text = "";
  for (const row of piece) {
    let own = texts.get(row);
    if (own === undefined) {
      own = JSON.stringify(row);
      texts.set(row, own);
    }
    text += text === "" ? own : `,${own}`;
  }
  return sha256(`[${text}]`);
}
