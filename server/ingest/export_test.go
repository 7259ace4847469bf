package ingest

// Poison lets a step of the change's preparation panic.
func (in *Incoming) Poison() { in.guarded(func() { panic("planned") }) }
