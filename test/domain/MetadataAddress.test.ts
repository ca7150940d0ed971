import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { isMetadataAddress, isMetadataHost } from "../../src/domain/MetadataAddress.js"

const octet = fc.integer({ min: 0, max: 255 })
const hex = fc.integer({ min: 0, max: 0xffff }).map((group) => group.toString(16))

describe("an address under which clouds hand out credentials", () => {
  it.each([
    "169.254.169.254",
    "169.254.0.0",
    "169.254.255.255",
    "169.254.170.2",
    "fe80::1",
    "FE80::A9FE:A9FE",
    "febf:ffff::1",
    "[fe80::1]",
    "fe80::1%eth0",
    "[fe80::1%25eth0]",
    "fd00:ec2::254",
    "FD00:0EC2:0:0:0:0:0:0254",
    "[fd00:ec2::254]",
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "0:0:0:0:0:ffff:a9fe:1",
    "[::ffff:a9fe:a9fe]",
    "::169.254.169.254",
    "64:ff9b::169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1"
  ])("is %s", (address) => {
    assert.isTrue(isMetadataAddress(address))
    assert.isTrue(isMetadataHost(address))
  })

  it.each([
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.253.255.255",
    "169.255.0.0",
    "8.8.8.8",
    "::1",
    "[::1]",
    "fc00::1",
    "fd00:ec2::253",
    "fd00:ec2:1::254",
    "fec0::1",
    "fe7f:ffff::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::10.0.0.1",
    "2002:a9ff::1",
    "2001:db8::a9fe:a9fe",
    "169.254.169.254.example",
    "hooks.example",
    "localhost",
    "",
    "[]",
    "%"
  ])("is not %j", (address) => {
    assert.isFalse(isMetadataAddress(address))
    assert.isFalse(isMetadataHost(address))
  })

  it("is each of the link, in each of its forms", () => {
    fc.assert(
      fc.property(octet, octet, hex, hex, (a, b, c, d) => {
        const v4 = `169.254.${a}.${b}`
        for (const address of [v4, `::ffff:${v4}`, `64:ff9b::${v4}`, `fe80::${c}:${d}`]) {
          assert.isTrue(isMetadataAddress(address), address)
          assert.isTrue(isMetadataAddress(new URL(`http://${address === v4 ? v4 : `[${address}]`}`).hostname))
        }
      })
    )
  })

  it("is none of another network", () => {
    fc.assert(
      fc.property(octet, octet, octet, octet, (a, b, c, d) => {
        fc.pre(a !== 169 || b !== 254)
        assert.isFalse(isMetadataAddress(`${a}.${b}.${c}.${d}`))
        assert.isFalse(isMetadataAddress(`::ffff:${a}.${b}.${c}.${d}`))
      })
    )
  })

  it.each([
    ["metadata.google.internal", true],
    ["Metadata.Google.Internal", true],
    ["metadata.google.internal.", true],
    ["metadata.google.internal.example", false],
    ["my-metadata.google.internal", false],
    ["metadata-google.internal", false]
  ] as const)("by its name: %s is %s", (name, expected) => {
    assert.strictEqual(isMetadataHost(name), expected)
    assert.isFalse(isMetadataAddress(name))
  })
})
