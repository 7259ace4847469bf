package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
)

// depositCommand needs no password.
func (p *place) depositCommand() *cobra.Command {
	c := p.command("deposit", "Deliver unsent work without the password, for a supervisor's decision", cobra.NoArgs, nil)
	c.Long = "deposit delivers unsent work, which was sealed for the server alone when it was\nsaved: after a forgotten password or a disabled account. Nothing on the device is\naltered; a supervisor decides on the work."
	c.RunE = p.withClient(func(cmd *cobra.Command, client *clientsdk.Client, _ []string) error {
		d, err := client.Deposit(cmd.Context(), p.user)
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%d perubahan belum terkirim: %d diterima server dan menunggu keputusan supervisor, %d ditolak\n", d.Changes, d.Received, d.Refused)
		if d.Verdicts > 0 {
			fmt.Fprintf(cmd.OutOrStdout(), "%d penilaian belum terkirim tidak ikut diserahkan dan belum berlaku\n", d.Verdicts)
		}
		if d.Refused > 0 {
			return &exitError{code: exitIncomplete}
		}
		return nil
	})
	return c
}

func (p *place) status(ctx context.Context, u *clientsdk.User, cmd *cobra.Command, _ []string) error {
	line, err := u.DayLine(ctx)
	if err != nil {
		return err
	}
	last := "belum pernah"
	if t := u.LastSync(); !t.IsZero() {
		last = t.Format("2006-01-02 15:04")
	}
	use, err := u.DataUse(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s (%s)\n%s\nsinkronisasi terakhir: %s\ndata seluler: %d byte naik, %d byte turun\n",
		u.Account().GetFullName(), u.Account().GetUserName(), line, last, use.Up, use.Down)
	return nil
}

func (p *place) villages(ctx context.Context, u *clientsdk.User, cmd *cobra.Command, _ []string) error {
	list, err := u.Villages(ctx)
	for _, v := range list {
		fmt.Fprintf(cmd.OutOrStdout(), "%d\t%s\t%s\t%s\n", v.GetVillage(), v.GetCode(), v.GetName(), strings.Join(v.GetPlaces(), " "))
	}
	return err
}

// statusWords are the states of a change as a surveyor reads them.
var statusWords = map[clientsdk.OutboxStatus]string{
	clientsdk.OutboxPending: "tersimpan, belum terkirim", clientsdk.OutboxApplied: "diterima server", clientsdk.OutboxRefused: "ditolak: perlu diperbaiki",
	clientsdk.OutboxQuarantined: "menunggu keputusan supervisor", clientsdk.OutboxReplaced: "diganti", clientsdk.OutboxKeptOut: "tidak dipakai (keputusan supervisor)",
	clientsdk.OutboxErased: "dihapus sesuai hukum",
}

func (p *place) outbox(ctx context.Context, u *clientsdk.User, cmd *cobra.Command, _ []string) error {
	list, err := u.Outbox(ctx, math.MaxInt32)
	for _, e := range list {
		reason := e.Receipt.GetReason()
		for _, issue := range e.Receipt.GetIssues() {
			reason += " " + issue.GetMessage()
		}
		if note := e.Decision.GetNote(); note != "" {
			reason = oneLine(note)
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s\t%s\t%s\t%s\n", e.ChangeID, e.FamilyID, statusWords[e.Status], reason)
	}
	return err
}

// oneLine is what somebody has written, on a line of a table: without control characters.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

func yesOrNo(holds bool) string {
	if holds {
		return "ya"
	}
	return "tidak"
}

func (p *place) sync(ctx context.Context, u *clientsdk.User, cmd *cobra.Command, _ []string) error {
	r, err := syncOnce(ctx, u, cmd)
	if errors.Is(err, clientsdk.ErrSignInAgain) {
		if errors.Is(err, clientsdk.ErrSessionReused) {
			fmt.Fprintf(cmd.ErrOrStderr(), "PERINGATAN: %v\n", err)
		}
		if err := u.SignInAgain(ctx, p.password); errors.Is(err, clientsdk.ErrWrongPassword) {
			return fmt.Errorf("%w. Kata sandi ini membuka data di perangkat ini, tetapi bukan lagi kata sandi akun: jalankan 'ks-device sign-in --again', dengan kata sandi ini di baris pertama dan kata sandi akun di baris kedua", clientsdk.ErrSignInAgain)
		} else if err != nil {
			return err
		}
		r, err = syncOnce(ctx, u, cmd)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "terkirim %d, diterima %d keluarga, %d byte naik, %d byte turun; sama dengan server: %s\n",
		r.Sent, r.Received, r.BytesUp, r.BytesDown, yesOrNo(r.Differing == 0))
	if r.Refused+r.Quarantined > 0 {
		fmt.Fprintf(cmd.OutOrStdout(), "%d ditolak, %d menunggu supervisor; lihat outbox\n", r.Refused, r.Quarantined)
		return &exitError{code: exitIncomplete}
	}
	return nil
}

// syncOnce is one sync, and shows how far it is.
func syncOnce(ctx context.Context, u *clientsdk.User, cmd *cobra.Command) (*clientsdk.SyncResult, error) {
	r, err := u.Sync(ctx, func(x clientsdk.Progress) {
		fmt.Fprintf(cmd.ErrOrStderr(), "\rterkirim %d/%d, diterima %d/%d", x.Sent, x.Pending, x.Received, x.Expected)
	})
	fmt.Fprintln(cmd.ErrOrStderr())
	return r, err
}
