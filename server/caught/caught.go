// Package caught makes errors of panics, for work that is nobody's call: what panics in a
// goroutine of its own would end the server, and with it all that has nothing to do with it.
// Calls are caught where they are answered (package api).
//
//	err := caught.Panic(func() error { return s.decide(ctx) })
//
// Who catches says what becomes of the work: it is not tried again by itself, and what it had
// locked or half done is the work's to let go of by defer.
package caught

import (
	"fmt"
	"runtime/debug"
)

// Panic does work and gives a panic in it as an error, with its stack.
func Panic(work func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	return work()
}
