/** True for what may be an id that this service made; anything else is the id of nothing, and no column could hold it. */
export const mayBeOwnId = (text: string): boolean => /^[a-z]{2,3}_[A-Za-z0-9_-]{1,64}$/.test(text)
