package story

import (
	"os"
	"testing"

	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/sample"
)

func TestMain(m *testing.M) {
	// Hundreds sign in here. What hashes cost in earnest, server/auth and internal/record try.
	auth.DefaultPasswordCost, record.MinPasswordCost = sample.CheapPassword, sample.CheapPassword
	os.Exit(m.Run())
}
