type Failed = { readonly path: string; readonly method: string; readonly headers: NodeJS.Dict<string | string[]> };

/** The fields of the line about a page that failed. Queries are left out: they can hold what a person typed. */
export function requestErrorLine(err: unknown, request: Failed, { routePath }: { readonly routePath: string }): Record<string, unknown> {
  const id = request.headers["x-request-id"];
  const digest = (err as { digest?: unknown } | null)?.digest;
  return {
    err,
    ...(typeof id === "string" ? { requestId: id } : {}),
    ...(typeof digest === "string" ? { digest } : {}),
    method: request.method,
    path: request.path.split("?")[0],
    route: routePath,
  };
}
