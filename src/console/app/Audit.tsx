import type { AuditEntry } from "./contract.js"
import { Empty } from "./Empty.js"
import { Listing } from "./Listing.js"
import { hrefOf } from "./route.js"
import { Time } from "./Time.js"
import { useList } from "./useList.js"
import { operations } from "./wording.js"

const idOf = ({ id }: AuditEntry) => id

const targetOf = ({ action, target }: AuditEntry) =>
  target === null ? null : action === "redrive" ? (
    <code class="cut">{target}</code>
  ) : (
    <a class="cut" href={hrefOf("events", target)}>
      <code>{target}</code>
    </a>
  )

const Details = ({ details }: Pick<AuditEntry, "details">) => (
  <span class="cut">
    {Object.entries(details).map(([name, value]) =>
      name === "session_ref" ? (
        <a key={name} href={hrefOf("sessions", String(value))}>
          <code>{value}</code>
        </a>
      ) : (
        <span key={name}>
          {value} {name.replaceAll("_", " ")}
        </span>
      )
    )}
  </span>
)

export const Audit = () => {
  const list = useList<AuditEntry>("audit", idOf)
  return (
    <>
      <h1>Audit</h1>
      <p class="lead">
        Everything that an operator changed. A token is named by the beginning of its SHA-256.
      </p>
      <Listing
        list={list}
        kind="audit"
        label="Audit entries"
        columns={["Who", "What", "Of", "Details", "When"]}
        idOf={idOf}
        row={(entry) => (
          <div class="row">
            <span>
              <code>{entry.actor}</code> <small class="quiet">{entry.address}</small>
            </span>
            <strong>{operations[entry.action]}</strong>
            <span class="cut">{targetOf(entry)}</span>
            <Details details={entry.details} />
            <span class="when">
              <Time at={entry.at} />
            </span>
          </div>
        )}
        empty={
          <Empty title="Nobody has changed anything">
            <p>Links, replays, redrives and erasures appear here, with who made them and from where.</p>
          </Empty>
        }
      />
    </>
  )
}
