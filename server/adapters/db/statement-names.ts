/** Statements that every connection keeps prepared; each costs it some 10 to 100 kB. */
const KEPT = 300;

/**
 * Gives recurring statements a name under which a Postgres connection keeps them parsed and planned; undefined for the others.
 * `pooled`: a pooler hands each transaction another connection (`?pgbouncer=true`), which knows none of them.
 */
export function statementNames({ pooled }: { readonly pooled: boolean }): (sql: string) => string | undefined {
  const names = new Map<string, string>();
  return (sql) => {
    // "*" means other columns once a newer build has migrated the table: such a plan would be refused.
    if (pooled || /(select|returning)\s+(\w+\.)?\*/i.test(sql)) return undefined;
    const known = names.get(sql);
    if (known !== undefined || names.size >= KEPT) return known;
    const name = `s${names.size}`;
    names.set(sql, name);
    return name;
  };
}
