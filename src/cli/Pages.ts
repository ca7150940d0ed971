import { Options } from "@effect/cli"
import { Effect, Option } from "effect"
import { millisOf } from "../domain/Iso.js"
import { wholeNumber } from "../settings/Parsers.js"
import { progress } from "./Progress.js"
import { read } from "./ReadOption.js"

const largestPage = 100

const moment = (option: string, description: string) =>
  Options.text(option).pipe(
    Options.withPseudoName("TIME"),
    Options.withDescription(description),
    read(`--${option}`, "a time such as 2026-05-17T10:30:00Z", (text: string) =>
      millisOf(text) === null ? null : text
    ),
    Options.optional
  )

export const periodOptions = {
  from: moment("from", "From this time on"),
  to: moment("to", "Before this time")
}

export const pageOptions = {
  limit: Options.text("limit").pipe(
    Options.withPseudoName("N"),
    Options.withDescription("How many; 20 if not given"),
    read("--limit", "a number, 1 to 10000", wholeNumber(1, 10_000)),
    Options.withDefault(20)
  ),
  all: Options.boolean("all").pipe(Options.withDescription("All of them, however many")),
  cursor: Options.text("cursor").pipe(
    Options.withPseudoName("CURSOR"),
    Options.withDescription("Goes on where a list ended, from its next_cursor"),
    Options.optional
  )
}

/** An option's value as the API takes it. */
export const given = <A>(option: Option.Option<A>): A | undefined => Option.getOrUndefined(option)

export interface Page<Item> {
  readonly items: ReadonlyArray<Item>
  readonly next_cursor: string | null
}

interface Wanted {
  readonly all: boolean
  readonly limit: number
  readonly cursor: Option.Option<string>
}

/** A page as the API is asked for it. */
export interface AskedPage {
  readonly limit: number
  readonly cursor: string | undefined
}

/** Asks for page after page, of which any may be empty, until there is enough or no more. */
export const paged = <Item, E, R>(
  { all, cursor, limit }: Wanted,
  ask: (page: AskedPage) => Effect.Effect<Page<Item>, E, R>
): Effect.Effect<Page<Item>, E, R> =>
  Effect.scoped(
    Effect.gen(function* () {
      const shown = yield* progress("found")
      const items: Array<Item> = []
      const isEnough = () => !all && items.length >= limit
      let next: string | null = given(cursor) ?? null
      do {
        const left = all ? largestPage : Math.min(largestPage, limit - items.length)
        const page: Page<Item> = yield* ask({ limit: left, cursor: next ?? undefined })
        for (const item of page.items) items.push(item)
        next = page.next_cursor
        yield* shown(items.length)
      } while (next !== null && !isEnough())
      return { items, next_cursor: next }
    })
  )
