// Package faults runs real processes, a server or two on one store and devices
// of the SDK, and kills them: by SIGKILL at random instants, in planted builds
// also at every named step, and on PostgreSQL by ending its backends. Every
// operation is recorded with its outcome as its process told it: tried (its
// outcome unknown until more is told), saved, synced. From time to time, and at
// the end, everything is let heal, and a model says whether what the store then
// holds is allowed: all that was told to be saved, nothing that was not tried,
// nothing twice, every state and every sum what follows from the history, every
// device equal by its digests.
package faults
