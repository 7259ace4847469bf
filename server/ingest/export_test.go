package ingest

// Poison lets a step of the change's preparation panic.
func (in *Incoming) Poison() { in.guarded(func() { panic("planned") }) }

// Anticipated tells whether the change was computed ahead.
func (in *Incoming) Anticipated() bool { return in.creation != nil }

// Proves tells whether a decision comes with the vault's proof.
func (v *Vault) Proves(a *Act) (bool, error) { return v.proves(a) }
