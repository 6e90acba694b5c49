import { Tabs } from "radix-ui";
import { formatFigure } from "@/components/format/decimal-text";
import { TextWell } from "@/components/format/text-well";
import { withKeys } from "@/components/format/with-keys";
import type { DecisionDetail } from "@/server/api/contract";
import { DecisionFacts } from "./decision-facts";
import { Step } from "./step";

/** The question and the answer word for word, or the rules that decided instead of a model. */
export function ModelStep({ n, view }: { n: number; view: DecisionDetail }) {
  if (!view.agent.deciderIsModel) return <RulesStep n={n} view={view} />;
  const { model } = view;
  return (
    <Step n={n} id="model" title="Model" about={model?.model ?? view.agent.deciderLabel} aside={model ? `${model.latencyMs} ms` : undefined}>
      <div className="card">
        {model ? (
          <>
            <ModelTabs view={view} model={model} />
            <ModelCost model={model} />
          </>
        ) : (
          <p className="fs12 t2" style={{ padding: "12px 16px" }}>
            {view.row.trigger === "flatten" ? "The model was not asked: a person asked to sell everything." : "No answer of the model was recorded."}
          </p>
        )}
      </div>
    </Step>
  );
}

type Model = NonNullable<DecisionDetail["model"]>;

function ModelTabs({ view, model }: { view: DecisionDetail; model: Model }) {
  return (
    <Tabs.Root defaultValue="response">
      <Tabs.List className="tabs" aria-label="What was asked and answered">
        <Tabs.Trigger value="prompt">Prompt</Tabs.Trigger>
        <Tabs.Trigger value="response">Response</Tabs.Trigger>
        <Tabs.Trigger value="parsed">Parsed decision</Tabs.Trigger>
      </Tabs.List>
      <Tabs.Content value="prompt" style={{ padding: "12px 16px 0" }}>
        <TextWell label="Exact prompt" text={model.prompt || "No prompt was sent."} />
      </Tabs.Content>
      <Tabs.Content value="response" style={{ padding: "12px 16px 0" }} className="stack g2">
        {model.responses.length === 0 && <p className="fs12 t3">The model gave no answer.</p>}
        {withKeys(model.responses, String).map(({ key, item: text }, i) => (
          <div key={key} className="stack g1">
            {model.responses.length > 1 && (
              <span className="fs12 t3">{i === 0 ? "First answer, not valid" : `Answer ${i + 1}, after the repair request`}</span>
            )}
            <TextWell label={`Raw response ${i + 1}`} text={text} />
          </div>
        ))}
      </Tabs.Content>
      <Tabs.Content value="parsed" style={{ padding: "12px 16px 0" }}>
        <DecisionFacts view={view} />
      </Tabs.Content>
    </Tabs.Root>
  );
}

function ModelCost({ model }: { model: Model }) {
  const cost = (text: string) => formatFigure(text, { min: 2, max: 6 });
  return (
    <div className="row wrap fs12 t3" style={{ gap: "4px 20px", padding: "10px 16px 14px" }}>
      <span>
        <span className="t2 num">{model.usage.inputTokens.toLocaleString("en-US")}</span> tokens in
      </span>
      <span>
        <span className="t2 num">{model.usage.outputTokens.toLocaleString("en-US")}</span> out
      </span>
      <span className="t2 num">{model.latencyMs.toLocaleString("en-US")} ms</span>
      <span>
        cost <span className="t2 num">${cost(model.cost)}</span> of ${cost(model.reserved)} reserved
      </span>
      <span>{model.repaired ? "repaired once: the first answer did not fit the schema" : "valid on the first try, no repair"}</span>
    </div>
  );
}

function RulesStep({ n, view }: { n: number; view: DecisionDetail }) {
  return (
    <Step n={n} id="model" title="Decision" about="Rules, not a language model">
      <div className="card" style={{ padding: "12px 16px 14px" }}>
        <div className="row wrap" style={{ marginBottom: 10 }}>
          <span className="bdg">Rules, not a language model</span>
          <span className="t2">{view.agent.deciderLabel}</span>
        </div>
        {view.decision ? <DecisionFacts view={view} /> : <p className="fs12 t2">No decision was recorded.</p>}
      </div>
    </Step>
  );
}
