import { evaluate } from "@marcbachmann/cel-js";
import type { Json } from "@/server/shared";
import type { EngineContext, EngineEvent } from "./engine-types";

type Variables = { readonly event: EngineEvent; readonly async?: EngineEvent };

/** The value of a CEL expression over the event that started a run and, where one came later, that one as `async`; undefined (and reported) when it fails. */
export function evaluated(context: EngineContext, expression: string, variables: Variables): unknown {
  try {
    return evaluate(expression, variables);
  } catch (error) {
    context.onError(error);
    return undefined;
  }
}

export const holds = (context: EngineContext, expression: string | null | undefined, variables: Variables): boolean =>
  !expression || evaluated(context, expression, variables) === true;

/** The value of a key expression as text: equal values are equal texts. Without an expression everything shares one key. */
export const keyText = (context: EngineContext, expression: string | undefined, event: EngineEvent): string =>
  expression ? JSON.stringify((evaluated(context, expression, { event }) ?? null) as Json) : "";
