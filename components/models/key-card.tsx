"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { Time } from "@/components/format/time";
import { RightFields } from "@/components/members/right-fields";
import { ErrorNote } from "@/components/ui/states";
import type { ModelsView } from "@/server/api/contract";
import { KeyForm } from "./key-form";
import { KeyTestResult } from "./key-test-result";

type Provider = ModelsView["providers"][number];

/** One provider: the state of its key, the test, and the way to add or remove it. */
export function KeyCard({ provider }: { provider: Provider }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const refresh = () => cache.invalidateQueries({ queryKey: trpc.models.get.queryKey() });
  const remove = useMutation(trpc.models.removeKey.mutationOptions({ onSuccess: refresh }));
  const test = useMutation(trpc.models.test.mutationOptions({ onSettled: refresh }));
  const [asking, setAsking] = useState(false);
  const { key, models } = provider;
  const model = models[0]?.id ?? "";
  return (
    <section className="card s12" aria-labelledby="provider-h">
      <div className="card-h f-wrap">
        <span className="tag-i" aria-hidden="true">
          {provider.label.slice(0, 2).toUpperCase()}
        </span>
        <h2 id="provider-h">{provider.label}</h2>
        <span className={key ? "st on" : "st off"}>{key ? "Key saved" : "No key"}</span>
        {key && (
          <span className="sub">
            ends in <span className="mono">{key.hint}</span>, set <Time at={key.setAt} />
          </span>
        )}
      </div>
      <div className="card-b stack g4">
        <RightFields right="own">
          {key && (
            <div className="stack g3">
              <div className="row wrap">
                <button
                  type="button"
                  className="btn"
                  disabled={test.isPending || model === ""}
                  onClick={() => test.mutate({ provider: provider.provider, model })}
                >
                  {test.isPending ? "Testing…" : "Test saved key"}
                </button>
                {!asking && (
                  <button type="button" className="btn dan-o" onClick={() => setAsking(true)}>
                    Remove key
                  </button>
                )}
              </div>
              {asking && (
                <fieldset className="note warn" aria-label="Remove the key?">
                  <div className="grow stack g2">
                    <p>
                      <b className="semi">Remove the key?</b> Agents that use a {provider.label} model cannot decide without it: their turns will fail
                      and say so. Rules go on.
                    </p>
                    <div className="row">
                      <button
                        type="button"
                        className="btn dan"
                        disabled={remove.isPending}
                        onClick={() => remove.mutate({ provider: provider.provider }, { onSettled: () => setAsking(false) })}
                      >
                        Yes, remove the key
                      </button>
                      <button type="button" className="btn" onClick={() => setAsking(false)}>
                        Keep it
                      </button>
                    </div>
                  </div>
                </fieldset>
              )}
              {remove.error && <ErrorNote error={remove.error} what="The key was not removed" />}
              <KeyTestResult result={test.data} failure={test.error} />
            </div>
          )}
          <KeyForm provider={provider} onSaved={refresh} />
        </RightFields>
      </div>
    </section>
  );
}
