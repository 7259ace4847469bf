package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
)

// A bar is shown on a terminal alone, so that logs stay clean.
func barOptions(to io.Writer, what string) []progressbar.Option {
	shown := false
	if f, ok := to.(*os.File); ok {
		info, err := f.Stat()
		shown = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	out := []progressbar.Option{
		progressbar.OptionSetWriter(to), progressbar.OptionSetDescription(what), progressbar.OptionSetVisibility(shown),
		progressbar.OptionThrottle(250 * time.Millisecond),
	}
	if shown {
		out = append(out, progressbar.OptionOnCompletion(func() { fmt.Fprintln(to) }))
	}
	return out
}

// byteProgress shows how far a file has been read; size is -1 where unknown.
func byteProgress(to io.Writer, size int64, what string) *progressbar.ProgressBar {
	return progressbar.NewOptions64(size, append(barOptions(to, what), progressbar.OptionShowBytes(true))...)
}

// counted shows things done of a number known once work begins.
type counted struct{ *progressbar.ProgressBar }

func countProgress(to io.Writer, what string) counted {
	return counted{progressbar.NewOptions(1, append(barOptions(to, what), progressbar.OptionShowCount())...)}
}

// at shows done of all. A bar that can't be drawn is no reason to stop work.
func (c counted) at(done, all int) {
	if c.GetMax() != all {
		c.ChangeMax(all)
	}
	_ = c.Set(done) // a bar that can't be drawn is no reason to stop the work
}
