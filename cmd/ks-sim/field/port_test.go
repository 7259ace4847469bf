package field

import (
	"errors"
	"net"
	"syscall"
	"testing"
)

// A server that is stopped has left its port to nobody, and refuses who comes.
func TestAPortStaysAFieldsWhileItsServerIsStopped(t *testing.T) {
	t.Parallel()
	p, err := holdPort()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		listener, err := net.Listen("tcp", p.address)
		if err != nil {
			t.Fatal(err)
		}
		if err := listener.Close(); err != nil {
			t.Fatal(err)
		}
		if conn, err := net.Dial("tcp", p.address); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Fatalf("connected to a server that is stopped: %v, %v", conn, err)
		}
	}
	if err := p.release(); err != nil {
		t.Fatal(err)
	}
}
