package sqlite

import "github.com/keluarga-sehat/sync/internal/powerdisk"

func openLogOnDisk(path string) (logFile, error) { return powerdisk.Open(path) }
