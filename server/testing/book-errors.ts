import type { Database } from "@/server/adapters/db/database";

type Finding = { finding: string };

/** What is wrong with a workspace's books; nothing is the only right answer. Computed in SQL, from postings and balance rows alone. */
export async function findBookErrors(db: Database, workspaceId: string): Promise<string[]> {
  const rows = await db.raw.query<Finding>(
    `SELECT 'account ' || a.kind || ' ' || a.currency || ' says ' || a.balance || ', its postings say ' || coalesce(sum(p.amount), 0) AS finding
       FROM "LedgerAccount" a LEFT JOIN "Posting" p ON p."accountId" = a.id WHERE a."workspaceId" = $1
      GROUP BY a.id HAVING a.balance <> coalesce(sum(p.amount), 0)
     UNION ALL
     SELECT 'transaction ' || t.key || ' is off by ' || sum(p.amount) || ' ' || p.currency
       FROM "LedgerTransaction" t JOIN "Posting" p ON p."transactionId" = t.id WHERE t."workspaceId" = $1
      GROUP BY t.id, p.currency HAVING sum(p.amount) <> 0
     UNION ALL
     SELECT 'the workspace holds ' || sum(balance) || ' ' || currency || ' from nowhere'
       FROM "LedgerAccount" WHERE "workspaceId" = $1 GROUP BY currency HAVING sum(balance) <> 0
     UNION ALL
     SELECT 'account ' || kind || ' ' || currency || ' is below zero' FROM "LedgerAccount"
      WHERE "workspaceId" = $1 AND balance < 0 AND kind IN ('cash', 'hold', 'asset')
     UNION ALL
     SELECT 'key ' || key || ' was posted ' || count(*) || ' times' FROM "LedgerTransaction"
      WHERE "workspaceId" = $1 GROUP BY key HAVING count(*) > 1
     UNION ALL
     SELECT 'a posting in ' || p.currency || ' is on an account in ' || a.currency
       FROM "Posting" p JOIN "LedgerAccount" a ON a.id = p."accountId" WHERE a."workspaceId" = $1 AND a.currency <> p.currency`,
    [workspaceId],
  );
  return rows.map((r) => r.finding);
}
