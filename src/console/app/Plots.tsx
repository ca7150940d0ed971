import { useMemo } from "preact/hooks"
import type { Trend } from "./contract.js"
import { type Line, Plot } from "./Plot.js"
import { perStep, seriesOf } from "./series.js"
import { counted } from "./wording.js"

const whole = (value: number) => value.toLocaleString("en", { maximumFractionDigits: 0 })
/** Between whole numbers an axis has nothing to say. */
const count = (value: number) => (Number.isInteger(value) ? whole(value) : "")
const seconds = (value: number) =>
  value > 0 && value < 1
    ? `${Math.round(value * 1000)} ms`
    : `${value.toLocaleString("en", { maximumFractionDigits: 1 })} s`

const sum = (values: ReadonlyArray<number | null>) =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0)
const last = (values: ReadonlyArray<number | null>) => values.findLast((value) => value !== null) ?? null

/** How the last two hours went. */
export const Plots = ({ trends }: { trends: ReadonlyArray<Trend> }) => {
  const { points, times, step } = useMemo(() => {
    const { points, seconds } = seriesOf(trends)
    return { points, step: perStep(seconds), times: points.map(({ at }) => Date.parse(at)) }
  }, [trends])

  const line = (
    name: string,
    colour: string,
    of: (trend: Trend) => number | null,
    shape: Line["shape"]
  ): Line => ({
    name,
    colour,
    shape,
    values: points.map(of)
  })

  const [verdicts, delay, waiting, backlog, errors] = useMemo(() => {
    // Bars stand behind each other, so the first shows both.
    const all = {
      ...line("passed", "--good", ({ failed, passed }) => passed + failed, "bars"),
      told: points.map(({ passed }) => passed)
    }
    const failed = line("failed", "--bad", ({ failed }) => failed, "bars")
    return [
      [all, failed],
      [line("delay", "--accent", ({ webhook_delay }) => webhook_delay, "line")],
      [line("phones", "--accent", ({ waiting_phones }) => waiting_phones, "line")],
      [
        line("pending", "--warn", ({ pending_actions }) => pending_actions, "line"),
        line("dead", "--bad", ({ dead_actions }) => dead_actions, "line")
      ],
      [
        {
          ...line(
            "provider errors",
            "--bad",
            (trend) => trend.provider_errors + trend.rejected_deliveries,
            "bars"
          ),
          told: points.map(({ provider_errors }) => provider_errors)
        },
        line("rejected deliveries", "--warn", ({ rejected_deliveries }) => rejected_deliveries, "bars")
      ]
    ]
  }, [points])

  const passed = sum(points.map(({ passed }) => passed))
  const latestDelay = last(points.map(({ webhook_delay }) => webhook_delay))
  return (
    <div class="plots">
      <Plot
        title="Verdicts"
        unit={step}
        times={times}
        lines={verdicts ?? []}
        format={count}
        summary={`${whole(passed)} passed and ${whole(sum(points.map(({ failed }) => failed)))} failed in this time.`}
      />
      <Plot
        title="Webhook delay"
        unit="until the verdict is stored"
        times={times}
        lines={delay ?? []}
        format={seconds}
        summary={latestDelay === null ? "No verdict came." : `The last was ${seconds(latestDelay)}.`}
      />
      <Plot
        title="Waiting phones"
        unit="connections held open"
        times={times}
        lines={waiting ?? []}
        format={count}
        summary={`${counted(points.at(-1)?.waiting_phones ?? 0, "phone waits", "phones wait")} now.`}
      />
      <Plot
        title="Action backlog"
        unit="not delivered yet"
        times={times}
        lines={backlog ?? []}
        format={count}
        summary={`${points.at(-1)?.pending_actions ?? 0} pending, ${points.at(-1)?.dead_actions ?? 0} dead now.`}
      />
      <Plot
        title="Errors"
        unit={step}
        times={times}
        lines={errors ?? []}
        format={count}
        summary={`${whole(sum(points.map(({ provider_errors }) => provider_errors)))} provider errors and ${whole(
          sum(points.map(({ rejected_deliveries }) => rejected_deliveries))
        )} rejected deliveries in this time.`}
      />
    </div>
  )
}
