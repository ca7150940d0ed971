/**
 * The library's script for bash knows no command of a program whose name has a dash, and no command inside another
 * (@effect/cli 0.77): its states do not have the names that it looks for.
 */
export const mendedCompletions = (text: string): string =>
  text.startsWith("function _verifyhuman-dropin_bash_completions")
    ? text
        .replace('cmd="verifyhuman-dropin"', 'cmd="verifyhuman__dropin"')
        .replace(/^( +)verifyhuman-dropin\)$/m, "$1verifyhuman__dropin)")
        .replace(/^( +verifyhuman__dropin),(\w+),(\w+)\)$/gm, "$1__$2,$3)")
    : text
