package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// place is where a device's data are and who uses it.
type place struct {
	dir, server, pin, roots, user string
}

// deviceCommands are everything the SDK can do.
func deviceCommands() []*cobra.Command {
	p := &place{}
	list := []*cobra.Command{
		p.command("sign-in", "Sign in: with network the first time, offline afterwards", cobra.NoArgs, p.status),
		p.command("status", "How many families and changes, what is pending, last sync", cobra.NoArgs, p.status),
		p.command("villages", "Villages and RT of the account", cobra.NoArgs, p.villages),
		p.command("families [WORD]...", "List families, by name, No. KK or house number", cobra.ArbitraryArgs, p.families),
		p.command("show FAMILY", "A family as JSON", cobra.ExactArgs(1), p.show),
		p.command("add VILLAGE RW/RT FILE", "Save a new family from JSON (a Household; - for standard input)", cobra.ExactArgs(3), p.add),
		p.command("edit FAMILY FILE", "Save what a JSON Household says of a family", cobra.ExactArgs(2), p.edit),
		p.command("questions FAMILY ROUND", "The questions that apply now", cobra.ExactArgs(2), p.questions),
		p.command("visit FAMILY FILE", "Record a visit from JSON", cobra.ExactArgs(2), p.visit),
		p.command("index FAMILY", "The family's index with reasons", cobra.ExactArgs(1), p.index),
		p.command("conflicts FAMILY", "Registers that hold several values", cobra.ExactArgs(1), p.conflicts),
		p.command("submit FAMILY...", "Submit families for review as one batch", cobra.MinimumNArgs(1), p.submit),
		p.command("outbox", "Own changes and where each stands", cobra.NoArgs, p.outbox),
		p.command("sync", "Send and fetch, and prove that both hold the same", cobra.NoArgs, p.sync),
	}
	return append(list, p.depositCommand(), p.backupCommand(), p.carryCommand(), p.activateCommand(), p.changePasswordCommand(), p.recoverCommand(), p.reviewCommand())
}

// depositCommand needs no password.
func (p *place) depositCommand() *cobra.Command {
	c := p.command("deposit", "Deliver unsent work without the password, for a supervisor's decision", cobra.NoArgs, nil)
	c.Long = "deposit delivers unsent work, which was sealed for the server alone when it was\nsaved: after a forgotten password or a disabled account. Nothing on the device is\naltered; a supervisor decides on the work."
	c.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		client, err := p.client()
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, client.Close()) }()
		d, err := client.Deposit(cmd.Context(), p.user)
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%d perubahan belum terkirim: %d diterima server dan menunggu keputusan supervisor, %d ditolak\n", d.Changes, d.Received, d.Refused)
		if d.Refused > 0 {
			return &exitError{code: exitIncomplete}
		}
		return nil
	}
	return c
}

type deviceRun func(ctx context.Context, u *clientsdk.User, cmd *cobra.Command, args []string) error

// command wraps a run with signing in and locking again.
func (p *place) command(use, short string, args cobra.PositionalArgs, run deviceRun) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: short, Args: args,
		Long: short + `.

The password is read from the environment (KS_PASSWORD) or from standard input.
Texts are Indonesian, as a surveyor sees them.`,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			client, user, err := p.open(cmd)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, user.Close(), client.Close()) }()
			if loss := user.Loss(); loss != nil {
				fmt.Fprintf(cmd.ErrOrStderr(), "PERINGATAN: basis data perangkat rusak; %d perubahan hilang, %d rekaman diambil ulang dari server. %s\n",
					loss.LostChanges, loss.DamagedRecords, loss.SetAside)
			}
			return run(cmd.Context(), user, cmd, args)
		},
	}
	c.Flags().StringVar(&p.dir, "dir", environment("KS_DEVICE_DIR", "ks-device"), "`folder` of the device's data")
	c.Flags().StringVar(&p.server, "server", environment("KS_SERVER", "127.0.0.1:8443"), "`address` of the server")
	c.Flags().StringVar(&p.pin, "pin", os.Getenv("KS_PIN"), "SHA-256 `pin` of the server's public key, hexadecimal")
	c.Flags().StringVar(&p.roots, "roots", os.Getenv("KS_ROOTS"), "PEM `file` of certificates that vouch for the server")
	c.Flags().StringVar(&p.user, "user", os.Getenv("KS_USER"), "`name` of the user")
	return c
}

func environment(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

// client opens the SDK.
func (p *place) client() (*clientsdk.Client, error) {
	if p.user == "" {
		return nil, misused("--user (or KS_USER) is needed")
	}
	config := clientsdk.Config{Dir: p.dir, Server: p.server, DeviceName: "ks-device"}
	if p.pin != "" {
		pin, err := clientsdk.ParsePin(p.pin)
		if err != nil {
			return nil, misused("--pin: %v", err)
		}
		config.Pin = &pin
	}
	if p.roots != "" {
		pem, err := os.ReadFile(p.roots)
		if err != nil {
			return nil, err
		}
		config.Roots = pem
	}
	return clientsdk.Open(config)
}

// open signs in.
func (p *place) open(cmd *cobra.Command) (*clientsdk.Client, *clientsdk.User, error) {
	client, err := p.client()
	if err != nil {
		return nil, nil, err
	}
	user, err := p.signIn(cmd, client)
	if err != nil {
		return nil, nil, errors.Join(err, client.Close())
	}
	return client, user, nil
}

func (p *place) signIn(cmd *cobra.Command, client *clientsdk.Client) (*clientsdk.User, error) {
	password := os.Getenv("KS_PASSWORD")
	if password == "" {
		line, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		password = strings.TrimRight(line, "\r\n")
	}
	return client.SignIn(cmd.Context(), p.user, password)
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
	fmt.Fprintf(cmd.OutOrStdout(), "%s (%s)\n%s\nsinkronisasi terakhir: %s\ndata seluler: %d bita naik, %d bita turun\n",
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

func (p *place) families(_ context.Context, u *clientsdk.User, cmd *cobra.Command, words []string) error {
	const page = 1000
	for at := 0; ; at += page {
		list, total := u.Families(clientsdk.Query{Text: strings.Join(words, " "), Offset: at, Limit: page})
		for _, f := range list {
			fmt.Fprintf(cmd.OutOrStdout(), "%s\t%s\t%s\t%s\t%s\n", f.ID, f.Place.Label(), f.BuildingNumber, f.HeadName, stateOf(f))
		}
		if at+page >= total {
			fmt.Fprintf(cmd.ErrOrStderr(), "%d keluarga\n", total)
			return nil
		}
	}
}

// stateOf is a family's state in one word or two.
func stateOf(f clientsdk.Summary) string {
	switch {
	case f.Refused:
		return "perlu diperbaiki"
	case f.Quarantined:
		return "menunggu supervisor"
	case f.Unsent:
		return "belum terkirim"
	case f.SurveyDate == "":
		return "belum terdata"
	case f.Draft:
		return "belum lengkap"
	default:
		return "lengkap"
	}
}

func (p *place) show(ctx context.Context, u *clientsdk.User, cmd *cobra.Command, args []string) error {
	id, err := familyID(args[0])
	if err != nil {
		return err
	}
	h, err := u.Family(ctx, id)
	if err != nil {
		return err
	}
	text, err := protojson.MarshalOptions{Multiline: true}.Marshal(h)
	fmt.Fprintln(cmd.OutOrStdout(), string(text))
	return err
}

func familyID(text string) (clientsdk.ID, error) {
	id, err := merge.ParseID(text)
	if err != nil {
		return id, misused("%q is no id (UUID)", text)
	}
	return id, nil
}

// maxInput bounds what is read from a file.
const maxInput = 4 << 20

func readInput(cmd *cobra.Command, name string) ([]byte, error) {
	in := cmd.InOrStdin()
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	return io.ReadAll(io.LimitReader(in, maxInput))
}

func readHousehold(cmd *cobra.Command, name string) (*ksv1.Household, error) {
	data, err := readInput(cmd, name)
	if err != nil {
		return nil, err
	}
	h := &ksv1.Household{}
	if err := protojson.Unmarshal(data, h); err != nil {
		return nil, fmt.Errorf("%s: no Household in JSON: %w", name, err)
	}
	return h, nil
}

func (p *place) add(ctx context.Context, u *clientsdk.User, cmd *cobra.Command, args []string) error {
	list, err := u.Villages(ctx)
	if err != nil {
		return err
	}
	h, err := readHousehold(cmd, args[2])
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(v *ksv1.VillageScope) bool { return v.GetCode() == args[0] })
	if i < 0 {
		return fmt.Errorf("%s: %w", args[0], clientsdk.ErrOutsidePuskesmas)
	}
	family := h.GetFamily()
	h.Family = nil
	edits, err := merge.Edits(h)
	if err != nil {
		return err
	}
	id, warned, err := u.StartFamily(ctx, list[i].GetVillage(), args[1], family, edits...)
	if err != nil {
		return refused(cmd, err)
	}
	if warned {
		fmt.Fprintln(cmd.ErrOrStderr(), "peringatan: RT ini di luar penugasan Anda; disimpan, dan supervisor akan memutuskan")
	}
	fmt.Fprintln(cmd.OutOrStdout(), id)
	return nil
}

// refused tells what was not saved, and why.
func refused(cmd *cobra.Command, err error) error {
	var invalid *clientsdk.ValidationError
	if !errors.As(err, &invalid) {
		return err
	}
	for _, f := range invalid.Findings {
		fmt.Fprintf(cmd.ErrOrStderr(), "tidak disimpan: %s %s: %s\n", f.Question, f.Code, f.Message)
	}
	return &exitError{code: exitIncomplete}
}

func (p *place) edit(ctx context.Context, u *clientsdk.User, cmd *cobra.Command, args []string) error {
	id, err := familyID(args[0])
	if err != nil {
		return err
	}
	h, err := readHousehold(cmd, args[1])
	if err != nil {
		return err
	}
	edits, err := merge.Edits(h)
	if err != nil || len(edits) == 0 {
		return err
	}
	findings, err := u.Save(ctx, id, edits...)
	if err != nil {
		return refused(cmd, err)
	}
	for _, f := range findings {
		fmt.Fprintf(cmd.ErrOrStderr(), "perhatikan: %s %s: %s\n", f.Question, f.Code, f.Message)
	}
	return nil
}

func (p *place) questions(ctx context.Context, u *clientsdk.User, cmd *cobra.Command, args []string) error {
	id, err := familyID(args[0])
	if err != nil {
		return err
	}
	round, err := familyID(args[1])
	if err != nil {
		return err
	}
	list, err := u.Questions(ctx, id, round)
	for _, q := range list {
		answered := " "
		if q.Answered {
			answered = "x"
		}
		fmt.Fprintf(cmd.OutOrStdout(), "[%s] %s\t%s\t%s\n", answered, q.Question.Number, q.MemberID, q.Label)
	}
	return err
}

func (p *place) visit(ctx context.Context, u *clientsdk.User, cmd *cobra.Command, args []string) error {
	id, err := familyID(args[0])
	if err != nil {
		return err
	}
	data, err := readInput(cmd, args[1])
	if err != nil {
		return err
	}
	v := &ksv1.Visit{}
	if err := protojson.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%s: no Visit in JSON: %w", args[1], err)
	}
	visit, err := u.RecordVisit(ctx, id, v)
	if err == nil {
		fmt.Fprintln(cmd.OutOrStdout(), visit)
	}
	return err
}

func (p *place) index(ctx context.Context, u *clientsdk.User, cmd *cobra.Command, args []string) error {
	id, err := familyID(args[0])
	if err != nil {
		return err
	}
	index, err := u.Index(ctx, id)
	if err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		of   clientsdk.IndexPart
	}{{"inti", index.Inti}, {"besar", index.Besar}} {
		fmt.Fprintf(cmd.OutOrStdout(), "%s\t%s\t%s\t%s\n", part.name, part.of.Values, part.of.IKS, part.of.Category)
		for _, r := range part.of.Reasons {
			answer, _ := r.AnswerText()
			fmt.Fprintf(cmd.OutOrStdout(), "\tindikator %d\t%s\t%s\t%s\n", r.Indicator, r.Question, answer, r.MemberID)
		}
	}
	return nil
}

func (p *place) conflicts(ctx context.Context, u *clientsdk.User, cmd *cobra.Command, args []string) error {
	id, err := familyID(args[0])
	if err != nil {
		return err
	}
	list, err := u.Conflicts(ctx, id)
	for _, c := range list {
		for i, v := range c.Values {
			shown := "disimpan"
			if i == 0 {
				shown = "ditampilkan"
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s\t%d\t%s\takun %d\t%s\n", c.Key.Kind, c.Field, shown, v.Author,
				time.UnixMilli(int64(v.Stamp.TimeMS)).Format("2006-01-02 15:04:05"))
		}
	}
	return err
}

func (p *place) submit(ctx context.Context, u *clientsdk.User, cmd *cobra.Command, args []string) error {
	ids := make([]clientsdk.ID, len(args))
	for i, text := range args {
		var err error
		if ids[i], err = familyID(text); err != nil {
			return err
		}
	}
	batch, err := u.Submit(ctx, ids, "")
	if err == nil {
		fmt.Fprintln(cmd.OutOrStdout(), batch)
	}
	return err
}

// statusWords are the states of a change as a surveyor reads them.
var statusWords = map[device.Status]string{
	device.StatusPending: "tersimpan, belum terkirim", device.StatusApplied: "diterima server", device.StatusRefused: "ditolak: perlu diperbaiki",
	device.StatusQuarantined: "menunggu keputusan supervisor", device.StatusReplaced: "diganti", device.StatusKeptOut: "tidak dipakai (keputusan supervisor)",
	device.StatusErased: "dihapus sesuai hukum",
}

func (p *place) outbox(ctx context.Context, u *clientsdk.User, cmd *cobra.Command, _ []string) error {
	const newest = 1000
	list, err := u.Outbox(ctx, newest)
	for _, e := range list {
		reason := e.Receipt.GetReason()
		for _, issue := range e.Receipt.GetIssues() {
			reason += " " + issue.GetMessage()
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s\t%s\t%s\t%s\n", e.ChangeID, e.FamilyID, statusWords[e.Status], reason)
	}
	return err
}

func (p *place) sync(ctx context.Context, u *clientsdk.User, cmd *cobra.Command, _ []string) error {
	r, err := u.Sync(ctx, func(x clientsdk.Progress) {
		fmt.Fprintf(cmd.ErrOrStderr(), "\rterkirim %d/%d, diterima %d/%d", x.Sent, x.Pending, x.Received, x.Expected)
	})
	fmt.Fprintln(cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "terkirim %d, diterima %d keluarga, %d byte naik, %d byte turun; sama dengan server: %t\n",
		r.Sent, r.Received, r.BytesUp, r.BytesDown, r.Differing == 0)
	if r.Refused+r.Quarantined > 0 {
		fmt.Fprintf(cmd.OutOrStdout(), "%d ditolak, %d menunggu supervisor; lihat outbox\n", r.Refused, r.Quarantined)
		return &exitError{code: exitIncomplete}
	}
	return nil
}
