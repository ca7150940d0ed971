/** What the API's own words mean, for who has not read the contract. */
export const whys: Readonly<Record<string, string>> = {
  no_match: "It carries nothing that belongs to a session of this service.",
  ambiguous: "What it carries belongs to more than one session.",
  ping: "A press of the test button in VerifyHuman's dashboard.",
  unknown_type: "Its type is not one that decides a verification.",
  wrong_environment:
    "It is of the other environment: a test event never decides a live session, nor the other way round.",
  wrong_product: "It is of another product than the session it belongs to.",
  stale: "Its signature is older than five minutes when it came. Replay it to have it count.",
  not_json_object: "Its body is not a JSON object.",
  erased: "Its user was erased."
}

export const states: Readonly<Record<string, string>> = {
  applied: "It made the verdict.",
  superseded: "It counts, but a stronger event made the verdict.",
  unmatched: "It belongs to no session yet.",
  ignored: "It is kept, and changes nothing.",
  unreadable: "It could not be read."
}

export const reasons: Readonly<Record<string, string>> = {
  awaiting_result: "awaiting result",
  in_review: "in review",
  unconfirmable: "unconfirmable",
  declined: "declined",
  provider_error: "provider error",
  expired: "expired"
}

export const products: ReadonlyArray<string> = [
  "verifyhuman",
  "verifyage",
  "verifyidentity",
  "verifycompliance"
]

export const models: Readonly<Record<string, string>> = {
  hosted: "hosted page",
  flow: "Flow URL",
  mobile: "the app's own SDK"
}

export const rejections: Readonly<Record<string, string>> = {
  missing: "no signature",
  malformed: "not a signature",
  wrong: "wrong signature",
  stale: "too old"
}

export const operations: Readonly<Record<string, string>> = {
  link: "linked an event",
  replay: "replayed an event",
  redrive: "redrove an action",
  erase_user: "erased a user"
}

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString("en")} ${count === 1 ? one : many}`
