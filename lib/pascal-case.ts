/** A name of words with dashes as stack outputs have it: `dead-letter` is `DeadLetter`. */
export function pascalCase(name: string): string {
  return name.replace(/(^|-)(.)/g, (_, __, letter: string) => letter.toUpperCase());
}
