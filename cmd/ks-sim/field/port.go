package field

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// port is a loopback port that stays a field's while its server is stopped: a test
// beside it that asks for any free port would otherwise be given this one, and the
// server could not be started again where its devices look for it.
type port struct {
	socket  int
	address string
}

// holdPort binds a free port and does not listen on it: it refuses connections, is
// not given to who asks for any, and is there for who names it.
func holdPort() (*port, error) {
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("hold a port: %w", os.NewSyscallError("socket", err))
	}
	p := &port{socket: socket}
	err = os.NewSyscallError("setsockopt", syscall.SetsockoptInt(socket, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1))
	if err == nil {
		err = os.NewSyscallError("bind", syscall.Bind(socket, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	}
	var bound syscall.Sockaddr
	if err == nil {
		bound, err = syscall.Getsockname(socket)
	}
	at, ok := bound.(*syscall.SockaddrInet4)
	if err != nil || !ok {
		return nil, fmt.Errorf("hold a port: %w", errors.Join(err, p.release()))
	}
	p.address = fmt.Sprintf("127.0.0.1:%d", at.Port)
	return p, nil
}

func (p *port) release() error { return os.NewSyscallError("close", syscall.Close(p.socket)) }
