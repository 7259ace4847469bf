package main

import (
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/internal/lasting"
	"github.com/keluarga-sehat/sync/internal/usage"
)

// withOutput hands out a new file (lasting.WriteNew), or standard output for "-".
func withOutput(path string, stdout io.Writer, work func(to io.Writer) error) error {
	if path == "-" {
		return work(stdout)
	}
	return lasting.WriteNew(path, func(f *os.File) error {
		to := usage.NewOutput(f)
		if err := work(to); err != nil {
			return err
		}
		return to.Err()
	})
}

// writeNew writes a file that must not be there yet; "-" is standard output.
func writeNew(cmd *cobra.Command, path string, data []byte) error {
	return withOutput(path, cmd.OutOrStdout(), func(out io.Writer) error {
		_, err := out.Write(data)
		return err
	})
}
