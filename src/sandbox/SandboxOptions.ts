import { Context, type Redacted } from "effect"

/** What the sandbox is told when it is started. */
export class SandboxOptions extends Context.Tag("verifyhuman-dropin/SandboxOptions")<
  SandboxOptions,
  {
    readonly host: string
    /** 0 for any that is free. */
    readonly port: number
    /** How a phone reaches the hosted pages, without a slash at its end; null for this machine and its port. */
    readonly publicUrl: string | null
    /** Where the webhooks go. */
    readonly webhookUrl: string
    readonly webhookSecret: Redacted.Redacted
    /** Standard Webhooks, `whsec_<base64>`, of the actions at `/sandbox/actions`; null: no such address. */
    readonly actionSecret: Redacted.Redacted | null
    readonly apiKey: string
    readonly clientKey: string
    /** The behaviour of sessions that choose none. */
    readonly behaviour: string
  }
>() {}
