import * as Otlp from "@effect/opentelemetry/Otlp"
import { NodeHttpClient } from "@effect/platform-node"
import { Layer, Logger, type LogLevel } from "effect"
import { jsonLog } from "./JsonLog.js"
import { Tracing } from "./Tracing.js"

export interface ObservabilityOptions {
  /** Where traces, logs and metrics go as OTLP over HTTP (JSON); null for nowhere. */
  readonly otlpEndpoint: string | null
  readonly logFormat: "json" | "pretty"
  readonly logLevel: LogLevel.LogLevel
  readonly version: string
}

const exported = (baseUrl: string, version: string) =>
  Layer.merge(
    Otlp.layerJson({ baseUrl, resource: { serviceName: "verifyhuman-dropin", serviceVersion: version } }),
    Tracing.on
  ).pipe(Layer.provide(NodeHttpClient.layerUndici))

/** Logs on the standard output and, where an endpoint is set, everything to it as well (contract section 2). */
export const observability = ({ logFormat, logLevel, otlpEndpoint, version }: ObservabilityOptions) => {
  const log = logFormat === "json" ? Logger.replace(Logger.defaultLogger, jsonLog) : Logger.pretty
  const local = Layer.merge(log, Logger.minimumLogLevel(logLevel))
  return otlpEndpoint === null ? local : Layer.provideMerge(exported(otlpEndpoint, version), local)
}
