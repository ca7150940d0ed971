interface Known<Key, A> {
  readonly get: (key: Key) => A | undefined
  readonly set: (key: Key, value: A) => unknown
}

/** What belongs to a key, made when it is first asked for. */
export const once =
  <Key, A>(known: Known<Key, A>, make: (key: Key) => A) =>
  (key: Key): A => {
    const found = known.get(key)
    if (found !== undefined) return found
    const made = make(key)
    known.set(key, made)
    return made
  }
