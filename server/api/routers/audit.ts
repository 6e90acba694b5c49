import { type AuditPage, peopleInputs, type TextFile } from "../contract/people";
import { readProcedure, router } from "../trpc";

export const auditRouter = router({
  list: readProcedure.input(peopleInputs.audit).query(({ ctx, input }): Promise<AuditPage> => ctx.services.people.audit(ctx.caller, input)),
  export: readProcedure
    .input(peopleInputs.auditExport)
    .query(({ ctx, input }): Promise<TextFile> => ctx.services.people.exportAudit(ctx.caller, input)),
});
