package wire

import "net/netip"

// subscriberBits are those of an IPv6 network that one subscriber has.
const subscriberBits = 64

// Subscriber is whose an address is, for what is counted of each: one of IPv6 has many
// addresses in one network. What is no address stands for itself.
func Subscriber(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Unmap().Is4() {
		return address
	}
	p, err := ip.Prefix(subscriberBits)
	if err != nil {
		return address
	}
	return p.String()
}
