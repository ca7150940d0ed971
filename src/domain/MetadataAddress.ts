import { BlockList, isIP } from "node:net"

const refused = new BlockList()
refused.addSubnet("169.254.0.0", 16, "ipv4")
refused.addSubnet("fe80::", 10, "ipv6")
refused.addAddress("fd00:ec2::254", "ipv6")
// 169.254.0.0/16 once more, as IPv6 carries it: compatible, mapped, by NAT64 and by 6to4.
refused.addSubnet("::169.254.0.0", 112, "ipv6")
refused.addSubnet("::ffff:169.254.0.0", 112, "ipv6")
refused.addSubnet("64:ff9b::169.254.0.0", 112, "ipv6")
refused.addSubnet("2002:a9fe::", 32, "ipv6")

/**
 * True for link-local addresses, under which clouds hand out the credentials of a machine to whoever asks from it. Other
 * private addresses are a team's own business.
 */
export const isMetadataAddress = (address: string): boolean => {
  const bare = address.replace(/^\[|\]$/g, "").replace(/%.*$/, "")
  const family = isIP(bare)
  return family !== 0 && refused.check(bare, family === 6 ? "ipv6" : "ipv4")
}

/** The same for the host name of a URL, which may also be the name that a cloud gives to such an address. */
export const isMetadataHost = (hostname: string): boolean =>
  isMetadataAddress(hostname) || /^metadata\.google\.internal\.?$/i.test(hostname)
