import { Either } from "effect"
import { type Behaviour, parseBehaviour } from "./Behaviour.js"
import { Refused } from "./Refused.js"

/** The behaviour that a request chooses, in a header or a field of this name. */
export const chosenBehaviour = (name: string, text: string): Either.Either<Behaviour, Refused> =>
  Either.mapLeft(
    parseBehaviour(text),
    (expected) => new Refused({ status: 422, error: `${name}: expected ${expected}` })
  )
