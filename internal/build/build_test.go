package build

import (
	"runtime/debug"
	"testing"
)

func TestAVersionIsWhatTheBuildTells(t *testing.T) {
	t.Parallel()
	for told, want := range map[string]string{
		"v1.2.3": "v1.2.3", "v0.0.0-20261130042522-514852624fa8+dirty": "v0.1.0-20261130042522-514852624fa8+dirty", "(devel)": Development, "": Development,
	} {
		if got := versionIn(&debug.BuildInfo{Main: debug.Module{Version: told}}, true); got != want {
			t.Errorf("%q: %q, want %q", told, got, want)
		}
	}
	if got := versionIn(nil, false); got != Development {
		t.Errorf("without it: %q", got)
	}
}
