package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/merge"
)

// reviewCommand is a supervisor's work on a device, without network.
func (p *place) reviewCommand() *cobra.Command {
	c := &cobra.Command{Use: "review", Short: "Judge what surveyors submitted: offline, sent with the next sync"}
	var due string
	back := p.command("return FAMILY NOTE", "Return a family to its surveyor with a note", cobra.ExactArgs(2),
		func(ctx context.Context, u *clientsdk.User, _ *cobra.Command, args []string) error {
			return reviewReturn(ctx, u, args, due)
		})
	back.Flags().StringVar(&due, "due", "", "local `date` until which it is to be submitted again, 2026-12-03")
	c.AddCommand(
		p.command("list", "Families that wait for a verdict, longest waiting first", cobra.NoArgs, reviewList),
		p.command("show FAMILY", "A family with findings and what has changed since the last verdict", cobra.ExactArgs(1), reviewShow),
		p.command("approve FAMILY...", "Approve one family, or of several those without findings", cobra.MinimumNArgs(1), reviewApprove),
		back,
		p.command("returned", "Families that were returned, earliest due first", cobra.NoArgs, reviewReturned),
		p.command("verdicts", "Verdicts passed here and what the server made of them", cobra.NoArgs, reviewVerdicts),
		p.command("batches", "Batches submitted here and where they stand", cobra.NoArgs, reviewBatches),
	)
	c.AddCommand(p.duplicateCommands()...)
	return c
}

func reviewList(_ context.Context, u *clientsdk.User, cmd *cobra.Command, _ []string) error {
	list, all := u.ReviewQueue(clientsdk.Query{Limit: 1000})
	for _, s := range list {
		fmt.Fprintf(cmd.OutOrStdout(), "%s  %s  %s  %s\n", s.ID, s.Place.Label(), s.HeadName, reviewLabel(s.Review.String()))
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%d keluarga menunggu tinjauan\n", all)
	return nil
}

func reviewReturned(_ context.Context, u *clientsdk.User, cmd *cobra.Command, _ []string) error {
	list, all := u.Returned(clientsdk.Query{Limit: 1000})
	for _, s := range list {
		fmt.Fprintf(cmd.OutOrStdout(), "%s  %s  %s  sampai %s\n", s.ID, s.Place.Label(), s.HeadName, s.DueDate)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%d keluarga dikembalikan\n", all)
	return nil
}

func reviewLabel(state string) string {
	return map[string]string{
		"REVIEW_STATE_SUBMITTED": "dikirim", "REVIEW_STATE_CHANGED_SINCE_APPROVAL": "berubah sejak disetujui",
	}[state]
}

func reviewShow(ctx context.Context, u *clientsdk.User, cmd *cobra.Command, args []string) error {
	id, err := merge.ParseID(args[0])
	if err != nil {
		return misused("%v", err)
	}
	v, err := u.ReviewFamily(ctx, id)
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	fmt.Fprintln(out, protojson.Format(v.Household))
	fmt.Fprintf(out, "status: %s\n", v.Review.GetState())
	if note := v.Review.GetNote(); note != "" {
		fmt.Fprintf(out, "catatan: %s (sampai %s)\n", note, v.Review.GetDueDate())
	}
	for _, f := range v.Findings {
		fmt.Fprintf(out, "temuan %s: %s\n", f.Code, f.Message)
	}
	for _, d := range v.Differences {
		fmt.Fprintf(out, "berubah %s %d %s: %s -> %s\n", d.Key.Kind, d.Field, d.Question, fieldJSON(d.Before), fieldJSON(d.After))
	}
	if !v.MayJudge {
		fmt.Fprintln(out, "keluarga ini tidak dapat Anda putuskan")
	}
	return nil
}

func fieldJSON(m proto.Message) string {
	if m == nil {
		return "-"
	}
	return protojson.MarshalOptions{}.Format(m)
}

func reviewApprove(ctx context.Context, u *clientsdk.User, cmd *cobra.Command, args []string) error {
	ids := make([]clientsdk.ID, len(args))
	for i, text := range args {
		var err error
		if ids[i], err = merge.ParseID(text); err != nil {
			return misused("%v", err)
		}
	}
	if len(ids) == 1 {
		_, err := u.Approve(ctx, ids[0])
		return err
	}
	refused, err := u.ApproveAll(ctx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if refused[id] != nil {
			fmt.Fprintf(cmd.OutOrStdout(), "%s  %v\n", id, refused[id])
		}
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%d disetujui, %d tidak\n", len(ids)-len(refused), len(refused))
	if len(refused) > 0 {
		return &exitError{code: exitIncomplete}
	}
	return nil
}

func reviewReturn(ctx context.Context, u *clientsdk.User, args []string, due string) error {
	id, err := merge.ParseID(args[0])
	if err != nil {
		return misused("%v", err)
	}
	_, err = u.Return(ctx, id, clientsdk.Return{Note: args[1], DueDate: due})
	return err
}

func reviewVerdicts(ctx context.Context, u *clientsdk.User, cmd *cobra.Command, _ []string) error {
	list, err := u.Decisions(ctx, 1000)
	if err != nil {
		return err
	}
	labels := []string{"belum terkirim", "diterapkan", "tidak diterapkan"}
	for _, e := range list {
		fmt.Fprintf(cmd.OutOrStdout(), "%s  %s  %s  %s\n", e.Decision.GetFamilyId(), e.Decision.GetOutcome(), labels[e.Status], e.Receipt.GetReason())
	}
	return nil
}

func reviewBatches(ctx context.Context, u *clientsdk.User, cmd *cobra.Command, _ []string) error {
	list, err := u.Batches(ctx, 1000)
	if err != nil {
		return err
	}
	for _, b := range list {
		fmt.Fprintf(cmd.OutOrStdout(), "%s  %s  %d keluarga\n", b.GetBatchId(), b.GetState(), len(b.GetFamilies()))
	}
	return nil
}
