package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/misread"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

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
	data, err := io.ReadAll(io.LimitReader(in, maxInput+1))
	if err == nil && len(data) > maxInput {
		err = fmt.Errorf("%s: longer than %d bytes", name, maxInput)
	}
	return data, err
}

func readHousehold(cmd *cobra.Command, name string) (*ksv1.Household, error) {
	data, err := readInput(cmd, name)
	if err != nil {
		return nil, err
	}
	h := &ksv1.Household{}
	if err := misread.JSON(data, h); err != nil {
		return nil, fmt.Errorf("%s: no Household in JSON: %w", name, err)
	}
	return h, nil
}

func (p *place) add(ctx context.Context, u *clientsdk.User, cmd *cobra.Command, args []string) error {
	h, err := readHousehold(cmd, args[2])
	if err != nil {
		return err
	}
	village, err := u.Village(ctx, args[0])
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	family := h.GetFamily()
	h.Family = nil
	edits, err := merge.Edits(h)
	if err != nil {
		return err
	}
	id, warned, err := u.StartFamily(ctx, village.GetVillage(), args[1], family, edits...)
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
	if err := misread.JSON(data, v); err != nil {
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
