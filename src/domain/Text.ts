const maxLength = 200

const escape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`

const unfit =
  /[\u0000-\u001f\u007f-\u009f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** Control characters and lone surrogates as `\uXXXX`, so that a text fits any column, index and screen. */
export const escaped = (text: string): string => text.replace(unfit, escape)

/** Whether a text fits as it is. */
export const isFit = (text: string): boolean => escaped(text) === text

/** Text from outside for showing: escaped, and cut after 200 characters. Comparisons use hashes of the original. */
export const displayable = (text: string): string => escaped(text.slice(0, maxLength))
