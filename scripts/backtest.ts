import { backtestCommand } from "@/server/adapters/backtest/backtest-command";

process.exitCode = await backtestCommand(process.argv.slice(2), {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (text) => process.stderr.write(text),
  isTerminal: process.stderr.isTTY === true,
  now: () => performance.now(),
});
