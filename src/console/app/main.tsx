import { render } from "preact"
import { App } from "./App.js"

render(<App wasSignedIn={document.body.dataset["signedIn"] === "true"} />, document.body)
