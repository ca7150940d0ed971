import { useEffect, useRef } from "preact/hooks"
import uPlot from "uplot"
import { clockOf } from "./timeText.js"

export interface Line {
  readonly name: string
  /** The name of a colour of the page. */
  readonly colour: string
  readonly values: ReadonlyArray<number | null>
  /** What is told of each point, where another value is drawn. */
  readonly told?: ReadonlyArray<number | null>
  readonly shape: "bars" | "line"
}

interface PlotProps {
  readonly title: string
  readonly unit: string
  /** Milliseconds since the epoch. */
  readonly times: ReadonlyArray<number>
  readonly lines: ReadonlyArray<Line>
  readonly summary: string
  readonly format: (value: number) => string
}

const height = 168
/** Seconds beside the first and the last point: a bar is as wide as its step. */
const margin = 40

const colourOf = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

const axis = (): uPlot.Axis => ({
  stroke: colourOf("--quiet"),
  font: "11px system-ui, sans-serif",
  ticks: { show: false },
  gap: 6
})

const timeAxis = (): uPlot.Axis => ({
  ...axis(),
  grid: { show: false },
  space: 72,
  size: 26,
  values: (_, ticks) => ticks.map((tick) => clockOf(new Date(tick * 1000).toISOString()).slice(0, 5))
})

const valueAxis = (format: (value: number) => string): uPlot.Axis => ({
  ...axis(),
  grid: { stroke: colourOf("--line"), width: 1 },
  size: 46,
  space: 34,
  values: (_, ticks) => ticks.map(format)
})

const bars = uPlot.paths.bars?.({ size: [0.8, 12], gap: 1 })

const seriesOf = ({ colour, name, shape }: Line): uPlot.Series => ({
  label: name,
  stroke: colourOf(colour),
  width: shape === "bars" ? 0 : 1.75,
  fill: shape === "bars" ? colourOf(colour) : `${colourOf(colour)}1f`,
  points: { show: false },
  spanGaps: true,
  ...(shape === "bars" && bars !== undefined ? { paths: bars } : {})
})

const optionsOf = (
  { format, lines }: PlotProps,
  width: number,
  onPoint: (index: number | null | undefined) => void
): uPlot.Options => ({
  width,
  height,
  padding: [10, 16, 0, 0],
  legend: { show: false },
  cursor: { drag: { x: false, y: false }, y: false, points: { size: 7 } },
  scales: {
    x: { time: true, range: (_, min, max) => [min - margin, max + margin] },
    y: { range: (_, _min, max) => [0, Math.max(max * 1.15, 1)] }
  },
  axes: [timeAxis(), valueAxis(format)],
  series: [{}, ...lines.map(seriesOf)],
  hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx)] }
})

const dataOf = ({ lines, times }: PlotProps): uPlot.AlignedData => [
  times.map((time) => time / 1000),
  ...lines.map(({ values }) => [...values])
]

/** A plot over time, drawn again when its width or the colours of the page change. */
export const Plot = (props: PlotProps) => {
  const holder = useRef<HTMLDivElement>(null)
  const readout = useRef<HTMLSpanElement>(null)
  const plot = useRef<uPlot | null>(null)
  const latest = useRef(props)
  latest.current = props

  useEffect(() => {
    const place = holder.current
    if (place === null) return
    const tell = (index: number | null | undefined) => {
      const { format, lines, times } = latest.current
      const at = index == null ? undefined : times[index]
      if (readout.current === null) return
      readout.current.textContent =
        at === undefined || index == null
          ? ""
          : [
              clockOf(new Date(at).toISOString()),
              ...lines.map(({ name, told, values }) => {
                const value = (told ?? values)[index]
                return `${name} ${value == null ? "–" : format(value)}`
              })
            ].join(" · ")
    }
    const draw = () => {
      plot.current?.destroy()
      plot.current = new uPlot(
        optionsOf(latest.current, place.clientWidth, tell),
        dataOf(latest.current),
        place
      )
    }
    draw()
    const scheme = matchMedia("(prefers-color-scheme: dark)")
    scheme.addEventListener("change", draw)
    const resizing = new ResizeObserver(() => plot.current?.setSize({ width: place.clientWidth, height }))
    resizing.observe(place)
    return () => {
      scheme.removeEventListener("change", draw)
      resizing.disconnect()
      plot.current?.destroy()
      plot.current = null
    }
  }, [])

  useEffect(() => plot.current?.setData(dataOf(props)), [props.times, props.lines])

  return (
    <figure class="plot">
      <figcaption>
        <h3>
          {props.title} <small>{props.unit}</small>
        </h3>
        <span class="keys">
          {(props.lines.length > 1 ? props.lines : []).map(({ colour, name }) => (
            <span key={name} class={`key ${colour.slice(2)}`}>
              {name}
            </span>
          ))}
        </span>
        <p class="hidden">{props.summary}</p>
      </figcaption>
      <div ref={holder} class="canvas" aria-hidden="true" />
      <span ref={readout} class="readout" aria-hidden="true" />
    </figure>
  )
}
