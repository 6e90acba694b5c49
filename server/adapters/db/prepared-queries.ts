import type { PGlite, QueryOptions, Results, Transaction } from "@electric-sql/pglite";
import { LRUCache } from "lru-cache";

/** What PGlite exports beside the class, loaded with it. */
type Protocol = Pick<typeof import("@electric-sql/pglite"), "parse" | "protocol">;
type Parsers = PGlite["parsers"];
type Prepared = { readonly name: string; readonly parameterTypes: readonly number[] };

/** The type of `bytea`. PGlite reads and writes it byte by byte, in milliseconds for a record's blobs; `Buffer` does in microseconds. */
const BYTEA = 17;
const hexOf = (bytes: Uint8Array): string => `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")}`;
/** Bytes of their own: nothing else lies in their buffer. */
const bytesOf = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.slice(2), "hex"));

/** Statements kept prepared; each costs the session some 10 to 100 kB. */
const KEPT = 300;
/** The tables have changed under a prepared statement, or the session has forgotten it. */
const OUTDATED: readonly unknown[] = ["0A000", "26000"];

/**
 * PGlite parses and plans every query anew and speaks to its session five times for it. Here each text is prepared once and run in one
 * message, which costs a third. Made for queries with parameters as {@link PGlite.query} takes them; results and errors are the same.
 */
export class PreparedQueries {
  readonly #statements: LRUCache<string, Prepared>;
  readonly #dropped: string[] = [];
  /** By what a caller brings of its own. PGlite puts its several hundred parsers and these together again for every query. */
  readonly #parsers = new WeakMap<object, Parsers>();
  readonly #plain: Parsers;
  #count = 0;

  constructor(
    private readonly pg: PGlite,
    private readonly library: Protocol,
  ) {
    this.#plain = { ...pg.parsers, [BYTEA]: bytesOf };
    this.#statements = new LRUCache({ max: KEPT, dispose: ({ name }) => void this.#dropped.push(name) });
  }

  /** Outside of a transaction. */
  async query<T>(sql: string, params: readonly unknown[] = [], options?: QueryOptions): Promise<Results<T>> {
    await this.pg.waitReady;
    return this.pg._runExclusiveTransaction(async () => {
      try {
        return await this.#run<T>(sql, params, options);
      } catch (error) {
        if (!OUTDATED.includes((error as { code?: unknown }).code)) throw error;
        this.#statements.delete(sql);
        return this.#run<T>(sql, params, options);
      }
    });
  }

  /** In a transaction that is open. */
  async queryIn<T>(tx: Transaction, sql: string, params: readonly unknown[] = [], options?: QueryOptions): Promise<Results<T>> {
    if (tx.closed) throw new Error("Transaction is closed");
    try {
      return await this.#run<T>(sql, params, options);
    } catch (error) {
      // The transaction is spoilt; whoever runs it again finds a new statement.
      if (OUTDATED.includes((error as { code?: unknown }).code)) this.#statements.delete(sql);
      throw error;
    }
  }

  #run<T>(sql: string, params: readonly unknown[], options: QueryOptions | undefined): Promise<Results<T>> {
    return this.pg.runExclusive(async () => {
      const { serialize } = this.library.protocol;
      const { name, parameterTypes } = this.#statements.get(sql) ?? (await this.#prepare(sql));
      const values = params.map((value, i) => this.#parameter(value, parameterTypes[i], options));
      const messages = await this.#send([
        serialize.bind({ statement: name, values }),
        serialize.describe({ type: "P" }),
        serialize.execute({}),
        serialize.sync(),
      ]);
      const [result] = this.library.parse.parseResults(messages, this.#parsersOf(options?.parsers), options && { ...options, parsers: undefined });
      return result as Results<T>;
    });
  }

  async #prepare(sql: string): Promise<Prepared> {
    const { serialize } = this.library.protocol;
    const name = `q${++this.#count}`;
    const closed = this.#dropped.splice(0).map((dropped) => serialize.close({ type: "S", name: dropped }));
    const messages = await this.#send([...closed, serialize.parse({ name, text: sql }), serialize.describe({ type: "S", name }), serialize.sync()]);
    const prepared = { name, parameterTypes: this.library.parse.parseDescribeStatementResults(messages) };
    this.#statements.set(sql, prepared);
    return prepared;
  }

  /** As the session reads it: text, bytes or null. */
  #parameter(value: unknown, type: number | undefined, options: QueryOptions | undefined): string | null {
    if (value === null || value === undefined) return null;
    if (type === BYTEA && value instanceof Uint8Array && !options?.serializers?.[BYTEA]) return hexOf(value);
    const serializer = type === undefined ? undefined : (options?.serializers?.[type] ?? this.pg.serializers[type]);
    return serializer ? serializer(value) : String(value);
  }

  #parsersOf(own: QueryOptions["parsers"]): Parsers {
    if (!own) return this.#plain;
    const parsers = this.#parsers.get(own) ?? { ...this.#plain, ...own };
    this.#parsers.set(own, parsers);
    return parsers;
  }

  #send(messages: readonly Uint8Array[]): Promise<Parameters<Protocol["parse"]["parseResults"]>[0]> {
    // The embedded database keeps no file system of its own in sync: it writes to the folder itself.
    return this.pg.execProtocolStream(Buffer.concat(messages), { syncToFs: false });
  }
}
