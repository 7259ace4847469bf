package main

import (
	"fmt"
	"strings"
	"testing"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
)

func TestAnOlderProgramSaysSoInItsUsersWords(t *testing.T) {
	t.Parallel()
	newer := fmt.Errorf("open: %w", &clientsdk.NewerSchema{Have: 33, Want: 32})
	if said := told(newer).Error(); !strings.Contains(said, "versi ks-device yang lebih baru") || strings.Contains(said, "schema") {
		t.Errorf("it says %q", said)
	}
}
