package wire

import "testing"

func TestASubscriberOfIPv6IsItsNetwork(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "::ffff:192.0.2.7", "": "", "nobody": "nobody",
		"2001:db8:0:1::7": "2001:db8:0:1::/64", "2001:db8:0:1:ffff::1": "2001:db8:0:1::/64", "2001:db8:0:2::7": "2001:db8:0:2::/64",
		"fe80::1%eth0": "fe80::/64",
	} {
		if got := Subscriber(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}
