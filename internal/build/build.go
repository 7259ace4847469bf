// Package build tells which state of the source a program was built from, for whoever runs
// it to tell others. The Go tool writes that into what it builds in a clone; nothing is
// handed over by the linker.
//
//	root.Version = build.Version()
package build

import "runtime/debug"

// Development is the version of what was not built from a commit, as by 'go run' and in tests.
const Development = "development"

// Version is the release's tag, or else the commit's time and revision
// ("v0.0.0-20261130042522-514852624fa8"); "+dirty" behind it where files differed.
func Version() string { return versionIn(debug.ReadBuildInfo()) }

func versionIn(info *debug.BuildInfo, ok bool) string {
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return Development
	}
	return info.Main.Version
}
