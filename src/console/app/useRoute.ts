import { useEffect, useState } from "preact/hooks"
import { type Route, routeOf } from "./route.js"

export const go = (href: string) => {
  location.hash = href
}

export const useRoute = (): Route => {
  const [route, setRoute] = useState(() => routeOf(location.hash))
  useEffect(() => {
    const changed = () => setRoute(routeOf(location.hash))
    window.addEventListener("hashchange", changed)
    // It may have changed between the first rendering and now.
    changed()
    return () => window.removeEventListener("hashchange", changed)
  }, [])
  return route
}
