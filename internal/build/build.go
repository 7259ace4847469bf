// Package build tells which state of the source a program was built from, for whoever runs
// it to tell others. The Go tool writes that into what it builds in a clone; nothing is
// handed over by the linker.
//
//	root.Version = build.Version()
package build

import (
	"runtime/debug"
	"strings"
)

// Release is the release that the source becomes, or is. It is what apps show, which are
// not always built by the Go tool alone.
const Release = "0.1.0"

// Development is the version of what was not built from a commit, as by 'go run' and in tests.
const Development = "v" + Release + "-development"

// untagged begins the version of a commit before the first tag.
const untagged = "v0.0.0-"

// Version is the release's tag, or else the release to come with the commit's time and
// revision ("v0.1.0-20261130042522-514852624fa8"); "+dirty" behind it where files differed.
func Version() string { return versionIn(debug.ReadBuildInfo()) }

func versionIn(info *debug.BuildInfo, ok bool) string {
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return Development
	}
	if commit, ok := strings.CutPrefix(info.Main.Version, untagged); ok {
		return "v" + Release + "-" + commit
	}
	return info.Main.Version
}
