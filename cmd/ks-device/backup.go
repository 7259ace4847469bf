package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/lasting"
)

// backupCommand needs no password.
func (p *place) backupCommand() *cobra.Command {
	c := p.command("backup FILE", "Write unsent work to a file that only the server can open", cobra.ExactArgs(1), nil)
	c.Long = "backup writes unsent work, sealed for the server alone, to a new file: for the day\nthe device breaks or does not see a network. A supervisor takes it with 'ks-device\ncarry' or on the server's pages. Nothing on the device is altered, and no password\nis needed. What comes twice, by file and by sync, is taken once."
	c.RunE = p.withClient(func(cmd *cobra.Command, client *clientsdk.Client, args []string) error {
		var file bytes.Buffer
		done, err := client.Backup(cmd.Context(), p.user, &file)
		if err != nil {
			return err
		}
		if err := writeNew(args[0], file.Bytes()); err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%d perubahan dan %d langkah peninjauan belum terkirim disimpan dalam %s (%d byte)\n", done.Changes, done.Steps, args[0], done.Bytes)
		if done.Left > 0 {
			fmt.Fprintf(cmd.ErrOrStderr(), "%d perubahan tidak ikut: server telah menolaknya; perbaiki di perangkat ini\n", done.Left)
			return &exitError{code: exitIncomplete}
		}
		return nil
	})
	return c
}

// writeNew writes a file that is not there yet (lasting.WriteNew).
func writeNew(name string, data []byte) error {
	err := lasting.WriteNew(name, func(f *os.File) error {
		_, err := f.Write(data)
		return err
	})
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("berkas %s sudah ada; beri nama lain", name)
	}
	return err
}

func (p *place) carryCommand() *cobra.Command {
	c := p.command("carry [FILE]...", "Take other devices' backup files, to deliver them with the next sync", cobra.ArbitraryArgs, p.carry)
	c.Long += "\n\nOnly a supervisor carries. Without a FILE it lists what was taken, with what the\nserver made of it."
	return c
}

func (p *place) carry(ctx context.Context, u *clientsdk.User, cmd *cobra.Command, files []string) error {
	var failed error
	for _, name := range files {
		n, err := carryFile(ctx, u, name)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", name, err))
		}
		if n > 0 || err == nil {
			fmt.Fprintf(cmd.ErrOrStderr(), "%s: %d bagian baru diterima\n", name, n)
		}
	}
	list, err := u.CarriedFiles(ctx)
	for _, f := range list {
		state := "diterima, belum dikirim"
		switch {
		case f.Reason != "":
			state = "ditolak server (" + f.Reason + ")"
		case f.Delivered == f.Here:
			state = fmt.Sprintf("di server: %d diterapkan, %d menunggu keputusan, %d ditolak", f.Applied, f.Quarantined, f.Refused)
		case f.Delivered > 0:
			state = fmt.Sprintf("%d dari %d bagian di server", f.Delivered, f.Parts)
		}
		fmt.Fprintf(cmd.OutOrStdout(), "perangkat %d\t%d dari %d bagian\t%d perubahan dan langkah\t%s\n", f.Device, f.Here, f.Parts, f.Items, state)
	}
	return errors.Join(failed, err)
}

func carryFile(ctx context.Context, u *clientsdk.User, name string) (n int, err error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	return u.Carry(ctx, f)
}
