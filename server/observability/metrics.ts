import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** From a statement in the database to a model that thinks (s). */
const SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 90];

export type Metrics = ReturnType<typeof createMetrics>;

/**
 * Everything the product counts, in a registry of its own. Labels name kinds of things (a phase, a rule, a model, a procedure), never a
 * tenant, an agent or an order: whoever reads the metrics learns nothing of anybody. Durations in seconds, money in USD, as the names say.
 */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]) => new Counter<L>({ name, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]) => new Gauge<L>({ name, help, labelNames, registers });
  const timing = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Histogram<L>({ name, help, labelNames, registers, buckets: SECONDS });
  return {
    registry,
    turns: counter("memepulse_turns_total", "Turns by outcome: ordered, held, failed, skipped, settled", "outcome"),
    turnErrors: counter("memepulse_turn_errors_total", "Turns that stopped with an error and are tried again, by its code", "code"),
    turnSeconds: timing("memepulse_turn_duration_seconds", "From claim to the orders sent, in one process"),
    phaseSeconds: timing("memepulse_turn_phase_duration_seconds", "One phase of a turn", "phase"),
    orders: counter("memepulse_orders_total", "Orders by what became of them: placed (sent once), then the status they ended in", "status"),
    fills: counter("memepulse_order_fills_total", "Executions stored and posted to the ledger"),
    verdicts: counter("memepulse_risk_verdicts_total", "Risk verdicts that were committed, by the rule that decided", "outcome", "rule"),
    breakers: counter("memepulse_risk_breaker_decisions_total", "Decisions of circuit breakers, by the furthest step", "breaker", "step"),
    alerts: gauge("memepulse_risk_alerts_open", "Alerts whose condition lasts, acknowledged or not", "severity"),
    modelCalls: counter("memepulse_model_calls_total", "Model calls: ok, or the code of what went wrong", "model", "outcome"),
    modelTokens: counter("memepulse_model_tokens_total", "Tokens as billed", "model", "direction"),
    modelCost: counter("memepulse_model_cost_usd_total", "Cost of answered calls by the catalog's prices", "model"),
    modelSeconds: timing("memepulse_model_call_duration_seconds", "One model call with its retries", "model"),
    engineCalls: counter("memepulse_engine_calls_total", "Durable functions called: completed, step, error", "function", "outcome"),
    engineSeconds: timing("memepulse_engine_call_duration_seconds", "One call of a durable function", "function"),
    engineFailures: counter("memepulse_engine_failures_total", "Durable runs given up after their last attempt (embedded executor)"),
    engineJobs: gauge("memepulse_engine_jobs", "Jobs of the embedded executor: due (not begun), running, planned (later)", "state"),
    engineLag: gauge("memepulse_engine_lag_seconds", "How long the oldest due job has waited, also for its concurrency key"),
    eventsUnsequenced: gauge("memepulse_events_unsequenced", "Committed events that have no place in the log yet"),
    eventLag: gauge("memepulse_event_sequencer_lag_seconds", "Age of the oldest event without a place in the log"),
    streams: gauge("memepulse_event_streams_open", "Live event streams open in this process"),
    requests: counter("memepulse_http_requests_total", "HTTP requests of the API by route", "route", "method", "status"),
    requestSeconds: timing("memepulse_http_request_duration_seconds", "From the request to the head of its response", "route"),
    calls: counter("memepulse_trpc_calls_total", "Procedure calls: OK, or tRPC's code", "procedure", "code"),
    callSeconds: timing("memepulse_trpc_call_duration_seconds", "One procedure call", "procedure"),
    statementSeconds: timing("memepulse_database_statement_duration_seconds", "One SQL statement, by its first word", "kind"),
    transactionSeconds: timing("memepulse_database_transaction_duration_seconds", "One transaction with its retries", "outcome"),
    refusals: counter("memepulse_rate_limit_refusals_total", "Requests refused by a rate limit", "limit"),
    feedErrors: counter("memepulse_market_feed_errors_total", "Reads of the market that failed", "read", "code"),
    priceAge: gauge("memepulse_market_price_age_seconds", "Market time since the last price", "symbol"),
    scrapeFailures: counter("memepulse_scrape_failures_total", "Parts that could not be asked when the metrics were read", "part"),
  };
}

/** Adds CPU, memory, garbage collection and event-loop lag of this process under the names that prom-client gives them. */
export const watchProcess = ({ registry }: Metrics): void => collectDefaultMetrics({ register: registry });
