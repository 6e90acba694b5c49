-- AlterTable
ALTER TABLE "WalletNode" ADD COLUMN     "came" DECIMAL(38,18) NOT NULL DEFAULT 0,
ADD COLUMN     "chainBase" DECIMAL(38,18),
ADD COLUMN     "chainFactor" DOUBLE PRECISION NOT NULL DEFAULT 1,
ADD COLUMN     "outsideIn" DECIMAL(38,18) NOT NULL DEFAULT 0,
ADD COLUMN     "outsideOut" DECIMAL(38,18) NOT NULL DEFAULT 0,
ADD COLUMN     "went" DECIMAL(38,18) NOT NULL DEFAULT 0;

-- From the history so far, as it was summed at every look before.
UPDATE "WalletNode" n SET came = s.came, went = s.went, "outsideIn" = s.oin, "outsideOut" = s.oout
FROM (
  SELECT id, sum(came) AS came, sum(went) AS went, sum(oin) AS oin, sum(oout) AS oout FROM (
    SELECT "toNodeId" AS id, amount AS came, 0 AS went, CASE WHEN "fromNodeId" IS NULL THEN amount ELSE 0 END AS oin, 0 AS oout FROM "Movement" WHERE "status" IN ('done', 'undone')
    UNION ALL
    SELECT "fromNodeId", 0, amount, 0, CASE WHEN "toNodeId" IS NULL THEN amount ELSE 0 END FROM "Movement" WHERE "status" IN ('done', 'undone')) m
  WHERE id IS NOT NULL GROUP BY id) s
WHERE n.id = s.id;

UPDATE "WalletNode" n SET "chainFactor" = c.factor, "chainBase" = c.base
FROM (
  SELECT "nodeId" AS id, coalesce(CASE WHEN bool_or(base > 0 AND before <= 0) THEN 0 ELSE exp(sum(ln(before / base)) FILTER (WHERE base > 0 AND before > 0)) END, 1) AS factor,
    (array_agg(after ORDER BY at DESC, id DESC))[1] AS base
  FROM (SELECT "nodeId", "equityBefore"::float8 AS before, "equityBefore" + flow AS after, at, id,
      lag("equityBefore" + flow) OVER (PARTITION BY "nodeId" ORDER BY at, id)::float8 AS base FROM "NodeFlow") f
  GROUP BY "nodeId") c
WHERE n.id = c.id;
