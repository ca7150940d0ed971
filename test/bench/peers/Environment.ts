const needed = (name: string): string => {
  const value = process.env[name]
  if (value === undefined || value === "") throw new Error(`${name} is not set`)
  return value
}

export const port = () => Number(needed("PORT"))
export const databaseFile = () => needed("DATABASE_FILE")
export const providerUrl = () => needed("PROVIDER_URL")
