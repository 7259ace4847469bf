package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/merge"
)

// duplicateCommands are a supervisor's decisions on families that share a NIK or
// No. KK.
func (p *place) duplicateCommands() []*cobra.Command {
	var note string
	answer := p.command("answer FAMILY here|moved|unknown", "Answer for the own family where another Puskesmas has it too", cobra.ExactArgs(2),
		func(ctx context.Context, u *clientsdk.User, _ *cobra.Command, args []string) error {
			return answerDuplicate(ctx, u, args, note)
		})
	answer.Flags().StringVar(&note, "note", "", "`remark` kept with the answer")
	merged := p.command("merge OTHER KEPT", "Make two families that are one into the second", cobra.ExactArgs(2),
		func(ctx context.Context, u *clientsdk.User, _ *cobra.Command, args []string) error {
			ids, err := familyIDs(args)
			if err != nil {
				return err
			}
			return u.MergeFamily(ctx, ids[0], ids[1], note)
		})
	merged.Flags().StringVar(&note, "note", "", "`text` that says why they are one")
	return []*cobra.Command{
		p.command("duplicates", "Families that share a NIK or No. KK, as of the last sync", cobra.NoArgs, listDuplicates),
		p.command("dismiss FAMILY FAMILY REASON", "Say that two families are two; not shown again unless the numbers change", cobra.ExactArgs(3),
			func(ctx context.Context, u *clientsdk.User, _ *cobra.Command, args []string) error {
				ids, err := familyIDs(args[:2])
				if err != nil {
					return err
				}
				_, err = u.DismissDuplicate(ctx, ids[0], ids[1], args[2])
				return err
			}),
		p.command("undo-dismissal FAMILY FAMILY", "Take a dismissal back", cobra.ExactArgs(2),
			func(ctx context.Context, u *clientsdk.User, _ *cobra.Command, args []string) error {
				ids, err := familyIDs(args)
				if err != nil {
					return err
				}
				_, err = u.UndoDismissal(ctx, ids[0], ids[1])
				return err
			}),
		answer, merged,
	}
}

func familyIDs(args []string) ([]clientsdk.ID, error) {
	ids := make([]clientsdk.ID, len(args))
	for i, text := range args {
		var err error
		if ids[i], err = merge.ParseID(text); err != nil {
			return nil, misused("%v", err)
		}
	}
	return ids, nil
}

func listDuplicates(ctx context.Context, u *clientsdk.User, cmd *cobra.Command, _ []string) error {
	list, err := u.Duplicates(ctx, clientsdk.Query{})
	if err != nil {
		return err
	}
	for _, d := range list {
		with := fmt.Sprintf("%d keluarga di Puskesmas lain", d.Elsewhere)
		if !d.Other.IsZero() {
			with = d.Other.String()
		}
		if len(d.CaseNumbers) > 0 {
			with += ", kasus " + strings.Join(d.CaseNumbers, ", ")
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s  %s  %s\n", d.Family, with, strings.TrimPrefix(d.State.String(), "DUPLICATE_STATE_"))
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%d keluarga ganda\n", len(list))
	return nil
}

func answerDuplicate(ctx context.Context, u *clientsdk.User, args []string, note string) error {
	ids, err := familyIDs(args[:1])
	if err != nil {
		return err
	}
	answer, known := map[string]clientsdk.DuplicateAnswer{
		"here": clientsdk.LivesHere, "moved": clientsdk.MovedAway, "unknown": clientsdk.NotKnown,
	}[args[1]]
	if !known {
		return misused("answer %q: here, moved or unknown", args[1])
	}
	_, err = u.AnswerDuplicate(ctx, ids[0], answer, note)
	return err
}
