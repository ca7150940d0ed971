import { SqlClient } from "@effect/sql"
import { Effect } from "effect"

const statements = (text: string) => [
  `ALTER TABLE sessions ADD COLUMN caused_by ${text}`,
  `UPDATE sessions SET caused_by = (SELECT event_id FROM verdicts
    WHERE verdicts.session_ref = sessions.session_ref AND verdicts.sequence = sessions.sequence)
    WHERE sequence > 0`,
  `CREATE TABLE past_verdicts (
    session_ref ${text} NOT NULL,
    sequence INTEGER NOT NULL,
    status ${text} NOT NULL,
    reason ${text},
    event_id ${text},
    at BIGINT NOT NULL,
    PRIMARY KEY (session_ref, sequence)
  )`,
  `INSERT INTO past_verdicts SELECT session_ref, sequence, status, reason, event_id, at FROM verdicts
    WHERE sequence < (SELECT sequence FROM sessions WHERE sessions.session_ref = verdicts.session_ref)`,
  "DROP TABLE verdicts"
]

/** The verdict that stands is in its session's row; only those before it have rows of their own. */
export default Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.forEach(
    statements(sql.onDialectOrElse({ pg: () => `TEXT COLLATE "C"`, orElse: () => "TEXT" })),
    (statement) => sql.unsafe(statement),
    { discard: true }
  )
)
