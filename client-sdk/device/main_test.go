package device

import (
	"os"
	"testing"

	"github.com/keluarga-sehat/sync/internal/record"
)

func TestMain(m *testing.M) {
	// Many databases are opened here. What a password costs in earnest, internal/record tries.
	record.MinPasswordCost = record.PasswordCost{MemoryKiB: 64, Passes: 1, Lanes: 1}
	os.Exit(m.Run())
}
