import { periods } from "./period.js"
import { hrefOf } from "./route.js"
import { Select } from "./Select.js"
import { go } from "./useRoute.js"
import { products, reasons } from "./wording.js"

/** What narrows the list of sessions down. */
export const SessionFilters = ({ search }: { search: Readonly<Record<string, string>> }) => {
  const choose = (name: string) => (value: string) =>
    go(hrefOf("sessions", null, { ...search, [name]: value }))
  return (
    <div class="filters">
      <Select
        label="Status"
        value={search["status"]}
        options={["pending", "pass", "fail"].map((status) => [status, status])}
        onChosen={choose("status")}
      />
      <Select
        label="Reason"
        value={search["reason"]}
        options={Object.entries(reasons)}
        onChosen={choose("reason")}
      />
      <Select
        label="Product"
        value={search["product"]}
        options={products.map((product) => [product, product])}
        onChosen={choose("product")}
      />
      <Select
        label="Started"
        value={search["period"]}
        options={periods.map(([name, label]) => [name, label])}
        onChosen={choose("period")}
      />
    </div>
  )
}
