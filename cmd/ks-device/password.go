package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
)

// readLines reads so many lines, without what ends them.
func readLines(in io.Reader, n int) ([]string, error) {
	r := bufio.NewReader(in)
	out := make([]string, n)
	for i := range out {
		line, err := r.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if out[i] = strings.TrimRight(line, "\r\n"); out[i] == "" {
			return nil, misused("standard input: line %d of %d is missing", i+1, n)
		}
	}
	return out, nil
}

func (p *place) activateCommand() *cobra.Command {
	c := p.command("activate", "Activate an account: one-time code, NIK and new password from standard input", cobra.NoArgs, nil)
	c.Long = "activate gives an account that waits its password. Three lines are read from\nstandard input: the one-time code of the card, the own NIK, the new password."
	c.RunE = p.withClient(func(cmd *cobra.Command, client *clientsdk.Client, _ []string) error {
		lines, err := readLines(cmd.InOrStdin(), 3)
		if err != nil {
			return err
		}
		nik, err := strconv.ParseUint(lines[1], 10, 64)
		if err != nil {
			return misused("standard input: line 2 is no NIK")
		}
		if err := client.Activate(cmd.Context(), clientsdk.Activation{UserName: p.user, Code: lines[0], NIK: nik, NewPassword: lines[2]}); err != nil {
			return err
		}
		fmt.Fprintln(cmd.OutOrStdout(), "akun aktif; silakan masuk dengan kata sandi baru")
		return nil
	})
	return c
}

func (p *place) signInCommand() *cobra.Command {
	c := p.command("sign-in", "Sign in: with network the first time, offline afterwards", cobra.NoArgs, p.status)
	again := c.Flags().Bool("again", false, "give the server another password than the one that opens the data here")
	c.Long += `

With --again, after a sync that asks to sign in and the account's password was
changed elsewhere, two lines are read from standard input: the password that
opens the data on this device, and the account's present one. That one opens the
data from then on, and nothing that is unsent needs a supervisor's decision.`
	once, anew := c.RunE, p.withClient(p.signInAgain)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if *again {
			return anew(cmd, args)
		}
		return once(cmd, args)
	}
	return c
}

// withTwo unlocks by the first of two lines, and hands over the second.
func (p *place) withTwo(cmd *cobra.Command, client *clientsdk.Client, fn func(user *clientsdk.User, first, second string) error) (err error) {
	lines, err := readLines(cmd.InOrStdin(), 2)
	if err != nil {
		return err
	}
	user, err := client.SignIn(cmd.Context(), p.user, lines[0])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, user.Close()) }()
	return fn(user, lines[0], lines[1])
}

// signInAgain unlocks by one password and gives the server another.
func (p *place) signInAgain(cmd *cobra.Command, client *clientsdk.Client, args []string) error {
	return p.withTwo(cmd, client, func(user *clientsdk.User, _, present string) error {
		if err := user.SignInAgain(cmd.Context(), present); err != nil {
			return err
		}
		return p.status(cmd.Context(), user, cmd, args)
	})
}

func (p *place) changePasswordCommand() *cobra.Command {
	c := p.command("change-password", "Change the password: the present and the new one from standard input", cobra.NoArgs, nil)
	c.Long = "change-password changes the password at the server and on this device. Two lines\nare read from standard input: the present password and the new one."
	c.RunE = p.withClient(func(cmd *cobra.Command, client *clientsdk.Client, _ []string) error {
		return p.withTwo(cmd, client, func(user *clientsdk.User, present, next string) error {
			if err := user.ChangePassword(cmd.Context(), present, next); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), "kata sandi diganti")
			return nil
		})
	})
	return c
}

func (p *place) recoverCommand() *cobra.Command {
	c := p.command("recover", "After a reset: deliver what a forgotten password locks, and begin anew", cobra.NoArgs, nil)
	c.Long = "recover delivers unsent work that a forgotten password locks, for a supervisor's\ndecision, and makes the user's data on this device anew under the new password,\nwhich is read from standard input. 'sync' then fetches everything else again.\nA password that opens the data only signs in."
	c.RunE = p.withClient(func(cmd *cobra.Command, client *clientsdk.Client, _ []string) (err error) {
		lines, err := readLines(cmd.InOrStdin(), 1)
		if err != nil {
			return err
		}
		user, r, err := client.Recover(cmd.Context(), p.user, lines[0])
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, user.Close()) }()
		if r.OnlySignedIn {
			line, err := user.DayLine(cmd.Context())
			fmt.Fprintf(cmd.OutOrStdout(), "kata sandi ini membuka data di perangkat ini, jadi tidak ada yang perlu dipulihkan\n%s\n", line)
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%d perubahan belum terkirim: %d diterima server dan menunggu keputusan supervisor; %d berkas pengajuan perlu diajukan lagi\n",
			r.Changes, r.Received, r.Resubmit)
		if r.Carried+r.Decisions > 0 {
			fmt.Fprintf(cmd.OutOrStdout(), "%d bagian berkas cadangan perangkat lain dan %d keputusan peninjauan dikirim pada sinkronisasi berikutnya\n", r.Carried, r.Decisions)
		}
		if r.SetAside != "" {
			fmt.Fprintf(cmd.ErrOrStderr(), "PERINGATAN: sebagian data tidak dapat diterima server dan tetap disimpan di %s\n", r.SetAside)
		}
		return nil
	})
	return c
}
