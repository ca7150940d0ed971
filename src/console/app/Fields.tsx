import type { ComponentChildren } from "preact"
import { Copy } from "./Copy.js"

export interface Field {
  readonly name: string
  readonly value: ComponentChildren
  /** What is copied. */
  readonly copy?: string
}

/** Names and values; what has no value is left out. */
export const Fields = ({ fields }: { fields: ReadonlyArray<Field> }) => (
  <dl class="fields">
    {fields
      .filter(({ value }) => value !== null && value !== undefined && value !== "")
      .map(({ copy, name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {value}
            {copy === undefined ? null : <Copy text={copy} name={name} />}
          </dd>
        </div>
      ))}
  </dl>
)
