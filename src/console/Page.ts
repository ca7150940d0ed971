import { HttpServerResponse } from "@effect/platform"
import { assets } from "./Assets.js"

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'"
].join("; ")

const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%232347d9'/%3E%3Cpath d='M4.5 8.2l2.4 2.4 4.6-5' fill='none' stroke='%23fff' stroke-width='1.8'/%3E%3C/svg%3E"

const html = (isSignedIn: boolean) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>verifyhuman-dropin: the operator's console</title>
<link rel="icon" href="${icon}">
<link rel="stylesheet" href="${assets.style.path}">
<script type="module" src="${assets.script.path}"></script>
</head>
<body data-signed-in="${isSignedIn}"><noscript>The console needs JavaScript.</noscript></body>
</html>
`

/** The page, which knows whether its browser is signed in. It loads nothing from elsewhere. */
export const page = (isSignedIn: boolean) =>
  HttpServerResponse.text(html(isSignedIn), {
    contentType: "text/html; charset=utf-8",
    headers: { "content-security-policy": policy }
  })
