import { Effect, Layer } from "effect"
import type { Identifier } from "../domain/Correlation.js"
import type { Session } from "../domain/Session.js"
import type { VerdictChange } from "../domain/VerdictChange.js"
import { SessionRepository } from "../sessions/SessionRepository.js"
import { VerdictPolicy } from "../sessions/VerdictPolicy.js"
import { makeErase } from "./Erasing.js"
import { identifierLocks, userLock } from "./Locks.js"
import { makeMatching } from "./Matching.js"
import { makeOpening } from "./Opening.js"
import { makeReserving } from "./Reserving.js"
import { Tables } from "./Tables.js"

const locksOf = (session: Session, identifiers: ReadonlyArray<Identifier>) => [
  userLock(session),
  ...identifierLocks(
    session.environment,
    identifiers.map(({ hash }) => hash)
  )
]

/** The session repository over any `Tables`. */
export const sessionRepositoryLayer: Layer.Layer<SessionRepository, never, Tables | VerdictPolicy> =
  Layer.effect(
    SessionRepository,
    Effect.gen(function* () {
      const { environment } = yield* VerdictPolicy
      const tables = yield* Tables
      const { release, reserve } = yield* makeReserving
      const { open, track } = yield* makeOpening
      const { settle } = yield* makeMatching
      const erase = yield* makeErase

      const expire = Effect.fnUntraced(function* (now: number, limit: number) {
        const due = yield* tables.sessions.due(environment, now, limit)
        const changed: Array<VerdictChange> = []
        for (const session of due) {
          const { change } = yield* settle({ ...session, expiredAt: now }, now, null)
          if (change !== null) changed.push(change)
        }
        return { due: due.length, changed }
      })

      return SessionRepository.of({
        reserve: (request) =>
          tables.together("SessionRepository.reserve", [userLock(request)], reserve(request)),
        release: (ref, failure) => tables.together("SessionRepository.release", [], release(ref, failure)),
        open: (session, identifiers) =>
          tables.together(
            "SessionRepository.open",
            locksOf(session, identifiers),
            open(session, identifiers)
          ),
        track: (request) =>
          tables.together(
            "SessionRepository.track",
            locksOf(request.session, [request.identifier]),
            track(request)
          ),
        expire: (now, limit) => tables.transaction("SessionRepository.expire", expire(now, limit)),
        erase: (userId, audit) => tables.transaction("SessionRepository.erase", erase(userId, audit)),
        findStart: tables.starts.find,
        find: tables.sessions.find,
        list: tables.sessions.list,
        ping: tables.ping
      })
    })
  )
