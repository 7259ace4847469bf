package main

import (
	"testing"

	"github.com/keluarga-sehat/sync/client-sdk/device"
)

func TestEveryStateOfAChangeHasWords(t *testing.T) {
	t.Parallel()
	for status := device.StatusPending; status <= device.StatusErased; status++ {
		if statusWords[status] == "" {
			t.Errorf("status %d has no words", status)
		}
	}
}
